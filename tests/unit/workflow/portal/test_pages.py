import re
from datetime import timedelta

import pytest

from schemas.vocabulary import Audience
from tests.builders.browsing import a_browser, hidden, sign_in
from tests.fakes.portal import an_id
from workflow.portal_ports import Mail


async def test_a_person_with_one_engagement_signs_in_to_the_tasks(staff):
    async with a_browser(staff) as client:
        answer = await sign_in(client, "manager-1")
        tasks = await client.get("/tasks")

    cookie = answer.headers["set-cookie"]
    assert (answer.status_code, answer.headers["location"], tasks.status_code) == (303, "/tasks", 200)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_a_person_with_several_engagements_chooses_one_of_his_own(staff):
    staff.accounts.engage("manager-1", "triage", staff.organisations["mend-derbyshire"])
    foreign = an_id("engagement", "triage-1", "triage", "mend-derbyshire")

    async with a_browser(staff) as client:
        sent_to = (await sign_in(client, "manager-1")).headers["location"]
        csrf = hidden((await client.get("/engagements")).text, "csrf")
        stolen = await client.post("/engagements", data={"csrf": csrf, "engagement": str(foreign)})
        before = await client.get("/tasks")
        own = an_id("engagement", "manager-1", "triage", "mend-derbyshire")
        await client.post("/engagements", data={"csrf": csrf, "engagement": str(own)})
        after = await client.get("/tasks")

    assert sent_to == stolen.headers["location"] == before.headers["location"] == "/engagements"
    assert "Triage, Mend Derbyshire" in after.text


async def test_a_wrong_password_an_unknown_name_and_a_locked_account_get_one_answer(staff):
    async with a_browser(staff) as client:
        wrong = [await sign_in(client, "manager-1", "wrong") for _ in range(5)]
        unknown = await sign_in(client, "nobody", "wrong")
        locked = await sign_in(client, "manager-1")
        staff.accounts.at += timedelta(minutes=16)
        later = await sign_in(client, "manager-1")

    alerts = {re.search(r'role="alert">(.*?)</div>', one.text, re.DOTALL)[1] for one in (*wrong, unknown, locked)}
    assert {one.status_code for one in (*wrong, unknown, locked)} == {401}
    assert len(alerts) == 1
    assert later.status_code == 303


async def test_a_form_without_its_token_does_nothing(staff, case_id):
    async with a_browser(staff, "triage-1") as client:
        answer = await client.post(f"/cases/{case_id}/do/AcceptReferral", data={"csrf": "forged", "version": "1"})

    assert answer.status_code == 403
    assert staff.store.kept.cases["derbyshire", case_id].state == "received"


async def test_the_next_allowed_action_is_done_and_seen(staff, case_id):
    async with a_browser(staff, "triage-1") as client:
        form = (await client.get(f"/cases/{case_id}/do/AcceptReferral")).text
        sent = {name: hidden(form, name) for name in ("csrf", "version", "once")}
        first = await client.post(f"/cases/{case_id}/do/AcceptReferral", data=sent)
        again = await client.post(f"/cases/{case_id}/do/AcceptReferral", data=sent)
        page = (await client.get(first.headers["location"])).text

    assert (first.status_code, again.status_code) == (303, 303)
    assert "Referral accepted" in page
    assert page.count("Referral accepted") == 1


async def test_a_refused_action_says_why_and_what_to_do_instead(staff, case_id):
    async with a_browser(staff, "manager-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    assert "Casework begins once the referral is accepted." in page
    assert "Accept the referral first, or decline it." in page


async def test_details_are_hidden_until_asked_for_and_the_look_is_logged(staff, case_id):
    person = staff.store.kept.cases["derbyshire", case_id].participant

    async with a_browser(staff, "triage-1") as client:
        before = (await client.get(f"/cases/{case_id}")).text
        asked = {"csrf": hidden(before, "csrf"), "person": str(person), "kind": "participant", "why": "first call"}
        after = await client.post(f"/cases/{case_id}/reveal", data=asked)

    assert "Tazewell" not in before
    assert "Tazewell" in after.text
    assert after.headers["cache-control"] == "no-store"
    ((caller, note),) = staff.logbook.consultations
    assert (caller.id, note.person, note.why, note.refused) == ("triage-1", person, "first call", False)
    assert "family_name" in note.fields


@pytest.mark.parametrize("role", ["triage", "caseworker", "supervisor"])
async def test_affected_people_are_not_shown_to_other_roles_and_the_attempt_is_logged(staff, case_id, role):
    person = staff.store.kept.cases["derbyshire", case_id].affected[0].token

    async with a_browser(staff, f"{role}-1") as client:
        csrf = hidden((await client.get(f"/cases/{case_id}")).text, "csrf")
        answer = await client.post(
            f"/cases/{case_id}/reveal", data={"csrf": csrf, "person": str(person), "kind": "affected"}
        )

    assert answer.status_code == 404
    assert "Marchbank" not in answer.text
    assert [note.refused for _, note in staff.logbook.consultations] == [True]


async def test_five_mistakes_in_a_referral_by_hand_stand_by_their_fields(staff):
    good = {
        "agency": "derbyshire-police",
        "sent_at": "2026-03-02T09:00",
        "door": "crime_oocr",
        "behaviour.kind": "criminal_damage",
        "behaviour.from": "2026-03-01T09:00",
        "participant.given_name": "Ada",
        "limitation.kind": "none",
        "responsibility.kind": "admits",
        "responsibility.recorded_by": "PC Strand",
        "responsibility.at": "2026-03-01T10:00",
    }

    async with a_browser(staff, "triage-1") as client:
        form = (await client.get("/referrals/new")).text
        sent = good | {"csrf": hidden(form, "csrf"), "message_id": hidden(form, "message_id")}
        answer = await client.post("/referrals/new", data=sent)

    faults = re.findall(r'id="([^"]+)-fault"', answer.text)
    assert answer.status_code == 422
    assert faults == [
        "referrer_reference",
        "basis",
        "participant.family_name",
        "participant.birth_date",
        "authorisation.minutes",
    ]
    assert 'value="Ada"' in answer.text
    assert re.findall(r'<a href="#([^"]+)">', answer.text.split('role="alert"')[1].split("</div>")[0]) == faults


async def test_an_empty_referral_by_hand_tells_every_problem_by_its_label(staff):
    async with a_browser(staff, "triage-1") as client:
        form = (await client.get("/referrals/new")).text
        sent = {name: hidden(form, name) for name in ("csrf", "message_id")}
        answer = await client.post("/referrals/new", data=sent | {"participant.phone": "12"})

    summary = answer.text.split('role="alert"')[1].split("</div>")[0]
    assert "Please mend 12 things" in summary
    assert '<a href="#agency">Who refers: this is needed.</a>' in summary
    assert '<a href="#participant.birth_date">Birth date: this is needed.</a>' in summary
    assert "participant.birth_date is" not in answer.text
    assert '<p class="fault" id="participant.phone-fault">“Phone” cannot be a phone number' in answer.text
    assert 'name="participant.phone" type="text" value="12"' in answer.text
    assert staff.store.kept.messages == {}


async def test_a_problem_names_other_fields_and_values_by_their_words_too(staff):
    typed = {"agency": "high-peak-homes", "door": "no_crime", "basis": "community_resolution"}
    times = {"behaviour.from": "2026-03-01T10:00", "behaviour.to": "2026-02-01T10:00"}

    async with a_browser(staff, "triage-1") as client:
        form = (await client.get("/referrals/new")).text
        sent = {name: hidden(form, name) for name in ("csrf", "message_id")}
        answer = await client.post("/referrals/new", data=sent | typed | times)

    assert "“When it ended” is before “When it began”; correct one." in answer.text
    assert "“Basis” does not go with this door; use “ABC”, “CPW”" in answer.text


async def test_the_mailbox_shows_a_message_on_request_and_logs_it(staff, case_id):
    person = staff.store.kept.cases["derbyshire", case_id].affected[0].token
    mail = Mail(
        id="m1",
        case_id=case_id,
        audience=Audience.AFFECTED_PERSON,
        recipient=str(person),
        address="ottoline@example.org",
        subject="The work has started",
        body="Dear Ottoline",
        at=staff.clock.at,
    )
    staff.reading.mails.append(("derbyshire", mail))

    async with a_browser(staff, "affected_person_worker-1") as client:
        listed = (await client.get("/mailbox")).text
        opened = (await client.post("/mailbox", data={"csrf": hidden(listed, "csrf"), "mail": "m1"})).text
    async with a_browser(staff, "caseworker-1") as client:
        closed = await client.get("/mailbox")

    assert "Ottoline" not in listed
    assert f'An affected person of <a href="/cases/{case_id}">case {str(case_id)[:8]}</a>' in listed
    assert "Dear Ottoline" in opened
    assert [note.person for _, note in staff.logbook.consultations] == [person]
    assert closed.status_code == 404


async def test_signing_out_ends_the_session_on_both_sides(staff):
    async with a_browser(staff, "manager-1") as client:
        csrf = hidden((await client.get("/tasks")).text, "csrf")
        kept = dict(client.cookies)
        await client.post("/sign-out", data={"csrf": csrf})
        answer = await client.get("/tasks", headers={"cookie": "; ".join(f"{k}={v}" for k, v in kept.items())})

    assert answer.headers["location"] == "/sign-in"


async def test_each_running_clock_names_what_it_counts_from_and_when_it_is_due(staff, case_id):
    async with a_browser(staff, "triage-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    clocks = re.search(r'id="clocks".*?</table>', page, re.DOTALL)[0]
    rows = clocks.split("<tr>")[2:]
    assert len(rows) == 5
    assert [row for row in rows if "2026, " not in row] == []
    assert "the behaviour" in clocks


async def test_what_to_ask_the_referrer_for_is_ticked_by_its_name_on_the_form(staff, case_id):
    async with a_browser(staff, "triage-1") as client:
        form = (await client.get(f"/cases/{case_id}/do/RequestInformation")).text
        sent = {name: hidden(form, name) for name in ("csrf", "version", "once")}
        ticked = ["/participant/phone", "/behaviour/to"]
        answer = await client.post(f"/cases/{case_id}/do/RequestInformation", data=sent | {"fields": ticked})

    assert re.search(r'value="/participant/phone"[^>]*>\s*Phone', form)
    assert answer.status_code == 303
    asked = staff.store.kept.events["derbyshire", case_id][-1].fact
    assert set(asked.fields) == set(ticked)


async def test_a_reason_stands_once_with_all_the_actions_that_it_refuses(staff, case_id):
    async with a_browser(staff, "manager-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    assert page.count("Casework begins once the referral is accepted.") == 1
    (reason,) = re.findall(r"<li><strong>([^<]*)</strong><br>Casework begins", page)
    assert {"Allocate caseworker", "Record consent"} <= set(reason.split(", "))


async def test_facts_of_one_moment_stand_in_one_line_of_the_timeline(staff, case_id):
    async with a_browser(staff, "manager-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    timeline = page.split('class="timeline"')[1]
    assert timeline.count("Clock started") == 1
    assert "48 hours from the behaviour; 48 hours from" in timeline
    assert "by Derbyshire Constabulary" in timeline


async def test_the_clock_that_the_scheme_is_judged_by_comes_first(staff, case_id):
    async with a_browser(staff, "triage-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    rows = re.search(r'id="clocks".*?</table>', page, re.DOTALL)[0].split("<tr>")[2:]
    assert ["judged by this one" in row for row in rows] == [True, False, False, False, False]
