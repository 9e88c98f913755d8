"""The portal on PostgreSQL as amends_portal: row security, receipts, sign-in, and what a caller leaves behind."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.builders.going_on import REFERRALS, WAYS, state_of
from tests.builders.referrals import a_housing_referral, a_police_referral
from tests.builders.sql_portal import sql_parts
from tests.fakes.portal import ORGANISATIONS, an_id
from tests.fakes.portal_ports import HASH, PASSWORD
from workflow.portal.app import create_app
from workflow.portal.gate import bearer_of, secret_hash
from workflow.portal_ports import Caller, Consulted
from workflow.store.portal_reading import KNOWN_CASE
from workflow.store.rows import header_bytes

pytestmark = pytest.mark.connected
ROLES = ("triage", "caseworker", "manager")
STAFF = [(one.slug, role) for one in ORGANISATIONS if one.kind == "provider" for role in ROLES]
AGENCIES = [(one.slug, "agency") for one in ORGANISATIONS if one.kind in {"police", "youth_justice", "housing"}]
PARTIES = {"mend-derbyshire", "derbyshire-police"}
CREDENTIALS = [*STAFF, *AGENCIES, ("east-university", "evaluator")]


@pytest.fixture
async def furnished(empty_database):
    """Two schemes with organisations, a credential for everybody, and one account."""
    owner = await asyncpg.connect(empty_database.superuser)
    tenants = {one.slug: one.tenant for one in ORGANISATIONS}
    await owner.executemany(
        "INSERT INTO organisations (slug, tenant, kind, name, registered_at) VALUES ($1, $2, $3, $4, now())",
        [(one.slug, one.tenant, one.kind, one.name) for one in ORGANISATIONS],
    )
    await owner.executemany(
        "INSERT INTO credentials (id, secret_hash, tenant, organisation, role, study, created_at) "
        "VALUES ($1, $2, $3, $4, $5, 'evaluation', now())",
        [(an_id(s, r), secret_hash(f"{s} {r}"), tenants[s], s, r) for s, r in CREDENTIALS],
    )
    await owner.execute("INSERT INTO demo_clock (one, at) VALUES (true, '2026-03-02T09:30:05Z')")
    await owner.execute(
        "INSERT INTO users (id, login, password_hash, failed_attempts) VALUES ($1, 'ada', $2, 0)", an_id("ada"), HASH
    )
    await owner.execute(
        "INSERT INTO engagements (id, user_id, tenant, organisation, role, staff_id, valid_from) "
        "VALUES ($1, $2, 'derbyshire', 'mend-derbyshire', 'triage', 'ada-1', now())",
        *(an_id("engagement"), an_id("ada")),
    )
    yield owner
    await owner.close()


@pytest.fixture
def parts(portal_pool, furnished):
    return sql_parts(portal_pool)


@pytest.fixture
def app(parts):
    return create_app(parts)


@asynccontextmanager
async def _client(app, organisation, role="agency"):
    headers = {"Authorization": f"Bearer {bearer_of(an_id(organisation, role), f'{organisation} {role}')}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://portal", headers=headers) as client:
        yield client


async def _referred(app):
    async with _client(app, "derbyshire-police") as police:
        return await police.post("/api/v1/referrals", json=a_police_referral())


async def test_the_same_referral_three_times_at_once_opens_one_case(app, furnished):
    answers = await asyncio.gather(*(_referred(app) for _ in range(3)))

    assert [answer.status_code for answer in answers] == [202, 202, 202]
    assert len({answer.text for answer in answers}) == 1
    assert await furnished.fetchval("SELECT count(*) FROM cases") == 1


async def test_what_is_sealed_names_the_organisation_that_sent_it(app, furnished):
    await _referred(app)

    rows = await furnished.fetch("SELECT DISTINCT source_organisation FROM vault.records")
    assert [row["source_organisation"] for row in rows] == ["derbyshire-police"]


async def test_another_body_under_the_same_id_is_a_conflict(app):
    await _referred(app)

    async with _client(app, "derbyshire-police") as police:
        answer = await police.post("/api/v1/referrals", json=a_police_referral(unit="another"))

    assert answer.status_code == 409


async def test_a_referral_is_accepted_and_read_again_by_everybody_who_may(app):
    location = (await _referred(app)).headers["location"]

    async with _client(app, "mend-derbyshire", "triage") as triage:
        case = (await triage.get("/api/v1/cases")).json()["cases"][0]
        done = await triage.post(
            f"/api/v1/cases/{case['id']}/commands", json={"type": "AcceptReferral"}, headers={"If-Match": "*"}
        )
        actions = await triage.get(f"/api/v1/cases/{case['id']}/actions")
        timeline = (await triage.get(f"/api/v1/cases/{case['id']}/timeline")).json()["timeline"]
    async with _client(app, "derbyshire-police") as police:
        seen = await police.get(location)

    assert (done.status_code, seen.json()["state"], actions.status_code) == (200, "accepted", 200)
    assert timeline[-1]["type"] == "case.referral.accepted"


@pytest.mark.parametrize("way", WAYS)
async def test_what_an_agency_knows_a_referral_by_leads_to_the_case_in_which_it_goes_on(app, way):
    def client(organisation, role="agency"):
        return _client(app, organisation, role)

    known = await way(client)
    live = await state_of(client, known)
    async with client(known.agency) as agency:
        seen = [(await agency.get(f"{REFERRALS}/{named}")).json() for named in (known.token, known.message_id)]
        amended = await agency.post(
            f"{REFERRALS}/{known.token}/amendments", json={"message_id": str(an_id("amendment")), "note": "A dog."}
        )
        listed = (await agency.get("/api/v1/cases")).json()["cases"]
    for stranger in ("dale-homes", "peak-police", "durham-police"):
        async with client(stranger) as other:
            answers = [await other.get(f"{REFERRALS}/{named}") for named in (known.token, known.goes_on_in)]
        assert [answer.status_code for answer in answers] == [404, 404]

    assert [one["state"] for one in (*seen, *listed)] == [live["state"]] * 3
    assert amended.status_code == 200
    assert (await state_of(client, known))["version"] == live["version"] + 1


async def test_a_token_is_found_in_one_look_at_an_index(app, furnished):
    await _referred(app)
    async with furnished.transaction():
        await furnished.execute("SET LOCAL enable_seqscan = off")
        plan = await furnished.fetch(f"EXPLAIN {KNOWN_CASE}", "derbyshire", "derbyshire-police", an_id("t"), [])

    told = "\n".join(row[0] for row in plan)
    assert "case_referrers_by_token" in told
    assert "(agency)::text" in told
    assert "(token = " in told


@pytest.mark.parametrize(("organisation", "role"), [pair for pair in CREDENTIALS if pair[0] not in PARTIES])
async def test_nobody_else_finds_the_case_whoever_asked_before_on_the_same_connection(app, organisation, role):
    location = (await _referred(app)).headers["location"]
    async with _client(app, "mend-derbyshire", "manager") as manager:
        case = (await manager.get("/api/v1/cases")).json()["cases"][0]["id"]

    async with _client(app, organisation, role) as stranger:
        answers = [await stranger.get(f"/api/v1/cases/{case}{more}") for more in ("", "/timeline", "/actions")]
        answers.append(await stranger.get(location))
        listed = await stranger.get("/api/v1/cases")

    assert {answer.status_code for answer in answers} == {404}
    assert case not in listed.text


async def test_two_landlords_cannot_read_or_write_for_each_other(app):
    async with _client(app, "high-peak-homes") as one:
        location = (await one.post("/api/v1/referrals", json=a_housing_referral())).headers["location"]

    async with _client(app, "dale-homes") as other:
        read = await other.get(location)
        written = await other.post(f"{location}/amendments", json={"authorised_minutes": 60})
        listed = await other.get("/api/v1/cases")

    assert (read.status_code, written.status_code, listed.json()["cases"]) == (404, 404, [])


async def test_an_attempt_to_see_what_is_anothers_is_logged(app, furnished):
    location = (await _referred(app)).headers["location"]

    async with _client(app, "peak-police") as others:
        await others.get(location)

    (row,) = await furnished.fetch("SELECT organisation, what FROM denied_lookups")
    assert row["organisation"] == "peak-police"
    assert row["what"].startswith("read_referral ")


async def test_a_look_at_personal_data_is_kept_and_cannot_be_changed(parts, furnished, portal_pool):
    caller = Caller(id="ada-1", tenant="derbyshire", organisation="mend-derbyshire", kind=ORGANISATIONS[5].kind)
    note = Consulted(person=an_id("person"), fields=("phone",), why=None, refused=True, at=await parts.clock.now())

    await parts.logbook.consulted(caller, note)

    row = await furnished.fetchrow("SELECT actor, fields, refused FROM consultations")
    assert tuple(row) == ("ada-1", ["phone"], True)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await portal_pool.execute("DELETE FROM consultations")


async def test_five_failures_lock_an_account_for_a_quarter_of_an_hour(parts, furnished):
    for _ in range(5):
        assert await parts.sign_in.sign_in("ada", "wrong") is None

    locked = await parts.sign_in.sign_in("ada", PASSWORD)
    await furnished.execute("UPDATE users SET locked_until = locked_until - interval '15 minutes'")

    assert locked is None
    assert await parts.sign_in.sign_in("Ada", PASSWORD) == an_id("ada")


async def test_a_session_holds_until_it_expires_and_only_while_the_engagement_does(parts, furnished):
    await parts.accounts.open_session(
        b"token", an_id("ada"), "csrf", engagement=an_id("engagement"), lasts=timedelta(hours=1)
    )

    session = await parts.accounts.session(b"token")
    await furnished.execute("UPDATE engagements SET valid_until = now() - interval '1 second'")
    ended = await parts.accounts.session(b"token")
    await furnished.execute("UPDATE web_sessions SET expires_at = now() - interval '1 second'")

    assert (session.engagement.organisation, session.engagement.staff_id) == ("mend-derbyshire", "ada-1")
    assert ended.engagement is None
    assert await parts.accounts.session(b"token") is None


async def test_a_revoked_credential_opens_nothing(app, furnished):
    await furnished.execute("UPDATE credentials SET revoked_at = now()")

    assert (await _referred(app)).status_code == 401


async def test_readiness_counts_what_waits_in_every_scheme(app, parts):
    await _referred(app)

    readings = await parts.readiness.readings(tuple(parts.book.schemes))

    assert readings.outbox_records > 0
    assert readings.outbox_age_seconds >= 0
    assert readings.timer_lateness_seconds == 0


async def test_an_evaluator_reads_each_token_as_it_was_last_released(app, furnished):
    released = [("one", 1, "2026-03-09", 1), ("two", 2, "2026-03-09", 2), ("three", 1, "2026-03-16", 3)]
    await furnished.executemany(
        "INSERT INTO outward_records (tenant, case_id, sequence, part, topic, key, ce_id, headers, value) "
        "VALUES ('derbyshire', $1, 0, 1, 'outcomes.evaluation', $2, 'x', $3, $4)",
        [
            (an_id(name), str(UUID(int=token)).encode(), header_bytes([("ce_time", day)]), b'{"n": %d}' % n)
            for name, token, day, n in released
        ],
    )

    async with _client(app, "east-university", "evaluator") as reader:
        first = (await reader.get("/api/v1/outcomes?limit=1")).json()
        rest = (await reader.get(f"/api/v1/outcomes?after={first['next']}")).json()

    assert [row["n"] for row in first["outcomes"] + rest["outcomes"]] == [3, 2]


async def test_slots_are_read_in_pages_with_their_free_places(app, furnished):
    await furnished.executemany(
        "INSERT INTO slots (tenant, id, provider, site, activity, starts_at, ends_at, capacity, supervisor) VALUES "
        "('derbyshire', $1, 'mend-derbyshire', 'park', 'litter_picking', now() + $2::interval, "
        "now() + $2::interval + interval '2 hours', 1, 's')",
        [(f"slot-{n}", timedelta(hours=n)) for n in range(3)],
    )
    await furnished.execute("INSERT INTO slot_places VALUES ('derbyshire', 'slot-0', 1, $1)", an_id("case"))

    async with _client(app, "mend-derbyshire", "caseworker") as client:
        first = (await client.get("/api/v1/sessions?limit=2")).json()
        rest = (await client.get(f"/api/v1/sessions?limit=2&cursor={first['next']}")).json()
        free = (await client.get("/api/v1/sessions?free=true")).json()

    assert [slot["free"] for slot in first["sessions"] + rest["sessions"]] == [0, 1, 1]
    assert [slot["id"] for slot in free["sessions"]] == ["slot-1", "slot-2"]
