from schemas.headers import ce_headers


def test_the_headers_of_a_record_stand_in_one_order():
    told = ce_headers(
        name="n", tenant="derbyshire", kind="dead-letter", at="2026-03-02", subject="s", schema="dead-letter"
    )

    assert told == (
        ("ce_id", "n"),
        ("ce_source", "/amends/derbyshire"),
        ("ce_type", "dead-letter"),
        ("ce_specversion", "1.0"),
        ("ce_time", "2026-03-02"),
        ("ce_subject", "s"),
        ("ce_dataschema", "amends:/schemas/dead-letter/v0"),
        ("content-type", "application/json"),
    )


def test_a_record_about_nobody_and_of_no_schema_of_ours_names_neither():
    told = ce_headers(name="n", tenant="derbyshire", kind="audit.checkpoint.signed", at="2026-03-02")

    assert [header for header, _ in told] == [
        *("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "content-type")
    ]
