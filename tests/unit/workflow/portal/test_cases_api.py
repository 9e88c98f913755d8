import base64
from uuid import UUID

import pytest

from tests.builders.referrals import a_police_referral

ACCEPT = {"type": "AcceptReferral", "data": {}}


@pytest.fixture
async def triage(portal):
    async with portal.client("mend-derbyshire", "triage") as client:
        yield client


def _address(case_id):
    return f"/api/v1/cases/{case_id}"


async def test_a_command_at_the_current_version_is_done_and_tells_the_next(triage, case_id):
    tag = (await triage.get(_address(case_id))).headers["etag"]

    answer = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers={"If-Match": tag})

    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    assert [event["type"] for event in answer.json()["events"]] == ["case.referral.accepted"]
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


async def test_without_a_version_nothing_is_done(triage, case_id):
    answer = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT)

    assert (answer.status_code, answer.json()["code"]) == (428, "version_missing")


async def test_a_stale_version_is_told_with_the_current_one(triage, case_id):
    answer = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert answer.headers["etag"] == (await triage.get(_address(case_id))).headers["etag"]


async def test_a_retry_with_the_same_key_gets_the_stored_reply_not_stale(triage, case_id):
    tag = (await triage.get(_address(case_id))).headers["etag"]
    headers = {"If-Match": tag, "Idempotency-Key": "once"}

    first = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers=headers)
    second = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers=headers)

    assert (second.status_code, second.json()) == (200, first.json())


async def test_the_same_key_for_something_else_is_a_conflict(triage, case_id):
    headers = {"If-Match": "*", "Idempotency-Key": "once"}
    await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers=headers)

    answer = await triage.post(f"{_address(case_id)}/commands", json={"type": "AllocateCaseworker"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "conflicting")


async def test_a_refusal_names_the_rule_and_what_to_do_instead(triage, case_id):
    answer = await triage.post(
        f"{_address(case_id)}/commands", json={"type": "AllocateCaseworker"}, headers={"If-Match": "*"}
    )

    told = answer.json()
    assert (answer.status_code, told["refusal"]) == (409, "referral_not_accepted_yet")
    assert told["rule"]
    assert told["remedy"]


async def test_a_misspelt_command_names_the_nearest_one_and_a_wrong_field_its_place(triage, case_id):
    misspelt = await triage.post(
        f"{_address(case_id)}/commands", json={"type": "AcceptReferal"}, headers={"If-Match": "*"}
    )
    wrong = {"type": "DeclineReferral", "data": {"raeson": "age"}}
    wrong_field = await triage.post(f"{_address(case_id)}/commands", json=wrong, headers={"If-Match": "*"})

    assert "AcceptReferral" in misspelt.json()["problems"][0]["message"]
    assert {problem["pointer"] for problem in wrong_field.json()["problems"]} == {"/data/raeson", "/data/reason"}


async def test_a_bulk_gives_a_result_an_item_and_one_failure_leaves_the_rest(triage, case_id):
    items = [
        {"case": str(case_id), "type": "AllocateCaseworker", "version": None},
        {"case": str(case_id), **ACCEPT, "version": None},
        {"case": "00000000-0000-4000-8000-000000000000", **ACCEPT, "version": None},
    ]

    answer = await triage.post("/api/v1/commands", json={"items": items})

    assert [result["status"] for result in answer.json()["results"]] == [409, 200, 404]


async def test_actions_say_allowed_refused_with_why_or_which_fields_they_depend_on(triage, case_id):
    told = (await triage.get(f"{_address(case_id)}/actions")).json()["actions"]

    actions = {action["command"]: action for action in told}
    assert actions["AcceptReferral"]["verdict"] == "allowed"
    assert actions["AllocateCaseworker"]["refusal"]["remedy"]
    assert actions["DeclineReferral"]["fields"] == ["reason"]
    assert "ProposePlan" not in actions


async def test_trying_gives_the_exact_answer_and_keeps_nothing(triage, case_id, portal):
    before = dict(portal.store.kept.cases)

    tried = await triage.post(f"{_address(case_id)}/actions/try", json=ACCEPT)
    stale = await triage.post(f"{_address(case_id)}/actions/try", json=ACCEPT, headers={"If-Match": '"1"'})

    assert (tried.json()["verdict"], tried.json()["events"]) == ("allowed", ["case.referral.accepted"])
    assert stale.status_code == 412
    assert portal.store.kept.cases == before


async def test_the_timeline_shows_the_case_as_it_was_then(triage, case_id):
    await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers={"If-Match": "*"})

    timeline = (await triage.get(f"{_address(case_id)}/timeline")).json()["timeline"]

    assert [entry["sequence"] for entry in timeline] == list(range(1, len(timeline) + 1))
    assert timeline[0]["snapshot"]["state"] == "received"
    assert timeline[-1]["snapshot"]["state"] == "accepted"


async def test_pages_of_cases_go_on_where_the_last_ended(portal, triage):
    async with portal.client("derbyshire-police") as police:
        for number in range(3):
            await police.post(
                "/api/v1/referrals", json=a_police_referral(message_id=f"{number:08x}-6a4e-4d0b-9a55-0c7d2b1e0001")
            )

        first = (await triage.get("/api/v1/cases?limit=2")).json()
        second = (await triage.get(f"/api/v1/cases?limit=2&cursor={first['next']}")).json()
        agency = (await police.get("/api/v1/cases?limit=2")).json()
        rest = (await police.get(f"/api/v1/cases?limit=2&cursor={agency['next']}")).json()

    assert (len(first["cases"]), len(second["cases"]), second["next"]) == (2, 1, None)
    assert (len(agency["cases"]), len(rest["cases"])) == (2, 1)
    inner = {str(key) for _, key in portal.store.kept.cases}
    assert base64.urlsafe_b64decode(agency["next"] + "==").decode() not in inner


@pytest.mark.parametrize(
    ("query", "pointer", "code", "message"),
    [
        ("limit=201", "/query/limit", "too_large", "limit must be at most 200; correct it."),
        ("limit=0", "/query/limit", "too_small", "limit must be at least 1; correct it."),
        ("limit=many", "/query/limit", "not_a_whole_number", "limit must be a whole number; write it in digits."),
        (
            f"limit={'9' * 5000}",
            "/query/limit",
            "not_a_whole_number",
            "limit must be a whole number; write it in digits.",
        ),
        ("state=recieved", "/query/state", "unknown_value", "did you mean received?"),
        ("changed_after=monday", "/query/changed_after", "not_a_moment", "write it like 2026-06-09T15:10:00Z."),
        (f"cursor={'x' * 201}", "/query/cursor", "too_long", "cursor is longer than 200 characters; shorten it."),
    ],
)
async def test_a_parameter_that_is_no_good_is_told_in_plain_words(portal, query, pointer, code, message):
    async with portal.client("mend-derbyshire", "triage") as triage:
        answer = await triage.get(f"/api/v1/cases?{query}")

    (problem,) = answer.json()["problems"]
    assert (answer.status_code, problem["pointer"], problem["code"]) == (422, pointer, code)
    assert problem["message"].endswith(message)


@pytest.mark.parametrize(
    "query", ["limit=201", "limit=0", "state=happy", "cursor=x", "changed_after=2026-03-01T10:00:00"]
)
async def test_a_parameter_that_cannot_be_is_told(triage, query):
    answer = await triage.get(f"/api/v1/cases?{query}")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_parked_case_waits_for_an_operator(portal, triage, case_id):
    portal.store.kept.parked["derbyshire", case_id] = "invented"

    answer = await triage.post(f"{_address(case_id)}/commands", json=ACCEPT, headers={"If-Match": "*"})

    assert (answer.status_code, answer.json()["code"]) == (409, "case_parked")


async def test_affected_people_are_tokens_only_to_those_who_work_with_them(portal, triage, case_id):
    async with portal.client("mend-derbyshire", "affected_person_worker") as worker:
        known = (await worker.get(_address(case_id))).json()["affected"][0]
    unknown = (await triage.get(_address(case_id))).json()["affected"][0]

    assert "token" in known
    assert not {"token", "contact"} & set(unknown)


async def test_free_sessions_and_their_site_are_listed_without_who_holds_the_places(triage):
    page = (await triage.get("/api/v1/sessions?free=true&limit=3&from=2026-03-04T00:00:00Z")).json()

    assert [slot["free"] for slot in page["sessions"]] == [4, 4, 4]
    assert page["sessions"][0]["starts_at"] >= "2026-03-04"
    assert not {"taken"} & set(page["sessions"][0])


async def test_an_evaluator_reads_the_released_rows_of_its_own_study_in_pages(portal):
    rows = {f"00000000-0000-4000-8000-00000000000{n}": b'{"n": %d}' % n for n in (1, 2, 3)}
    portal.reading.released["derbyshire", "evaluation"] = {UUID(key): value for key, value in rows.items()}

    async with portal.client("east-university", "evaluator", study="evaluation") as reader:
        first = (await reader.get("/api/v1/outcomes?limit=2")).json()
        rest = (await reader.get(f"/api/v1/outcomes?limit=2&after={first['next']}")).json()
    async with portal.client("east-university", "evaluator", study="another") as reader:
        other = (await reader.get("/api/v1/outcomes")).json()

    assert [row["n"] for row in first["outcomes"] + rest["outcomes"]] == [1, 2, 3]
    assert other["outcomes"] == []
