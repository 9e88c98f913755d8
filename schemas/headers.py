"""The headers of a record by CloudEvents' Kafka binding, binary mode: ours in one order, so that bytes stay bytes."""


def ce_headers(  # noqa: PLR0913 - one argument a header
    *, name: str, tenant: str, kind: str, at: str, subject: str | None = None, schema: str | None = None
) -> tuple[tuple[str, str], ...]:
    """Return the headers of a record with the id `name` and a JSON value; `at` is its ISO 8601 instant or period."""
    given = (
        ("ce_id", name),
        ("ce_source", f"/amends/{tenant}"),
        ("ce_type", kind),
        ("ce_specversion", "1.0"),
        ("ce_time", at),
        ("ce_subject", subject),
        ("ce_dataschema", f"amends:/schemas/{schema}/v0" if schema else None),
        ("content-type", "application/json"),
    )
    return tuple((header, value) for header, value in given if value is not None)
