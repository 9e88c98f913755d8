import re
from dataclasses import replace
from uuid import UUID

import pytest

from schemas.vocabulary import Role
from tests.builders.browsing import TO_AN_AGREED_PLAN, a_browser, a_session_that_is_over, bring, hidden
from tests.builders.referrals import a_police_referral
from tests.fakes.portal import an_id
from workflow.portal.asking import ASKED
from workflow.portal.pages.forms import inputs_of
from workflow.portal.pages.words import ABOUT, FIELDS, OPTIONS, STATED

ONLY_API = frozenset({"answers", "explanation", "activities", "home_point"})


async def _sent(client, address, **typed):
    form = (await client.get(address)).text
    return await client.post(address, data={name: hidden(form, name) for name in ("csrf", "version", "once")} | typed)


def _main(page):
    return page.split('<main id="main">')[1]


@pytest.fixture
async def matched(staff, case_id):
    """A second case whose participant seems to be the first one's."""
    second = str(UUID(int=2))
    again = a_police_referral(message_id=second, referrer_reference="OCC-2", sent_at="2026-03-02T09:30:01+00:00")
    async with staff.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=again)
    return next(case for case in staff.store.kept.cases.values() if case.id != case_id)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_every_command_and_each_of_its_fields_is_said_in_plain_words(name):
    inputs = {one.name: one for one in inputs_of(ASKED[name], {"fields": (("/a", "A"),)})}

    assert ABOUT[name].endswith((".", "?"))
    assert set(ASKED[name].model_fields) - set(inputs) <= ONLY_API
    assert [one.label for one in inputs.values() if "_" in one.label or "_" in one.help] == []


def test_no_words_stand_for_commands_or_fields_that_there_are_not():
    fields = {field for model in ASKED.values() for field in model.model_fields}
    named = {f"{name}.{field}" for name, model in ASKED.items() for field in model.model_fields}

    assert set(ABOUT) == set(ASKED)
    assert {*FIELDS, *OPTIONS, *STATED} - fields - named == set()


@pytest.mark.parametrize("command", ["AcceptReferral", "RequestInformation", "AmendReferral"])
async def test_who_may_not_do_something_is_told_who_may_instead_of_a_form(staff, case_id, command):
    async with a_browser(staff, "caseworker-1") as client:
        answer = await client.get(f"/cases/{case_id}/do/{command}")

    who = "the organisation that referred" if command == "AmendReferral" else "the manager or the triage"
    assert answer.status_code == 403
    assert f"This is for {who}." in answer.text
    assert "<form" not in _main(answer.text)


async def test_what_the_rules_refuse_whatever_is_filled_in_says_why_instead_of_a_form(staff, case_id):
    async with a_browser(staff, "manager-1") as client:
        answers = [await client.get(f"/cases/{case_id}/do/{name}") for name in ("AssessRisk", "ConfirmMatch")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Casework begins once the referral is accepted." in answers[0].text
    assert "No possible match waits for a decision." in answers[1].text
    assert not [answer for answer in answers if "<form" in _main(answer.text)]


async def test_what_is_impossible_now_is_not_offered_among_what_can_be_done(staff, case_id):
    await bring(staff, case_id, TO_AN_AGREED_PLAN)

    async with a_browser(staff, "manager-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    offered = set(re.findall(rf'href="/cases/{case_id}/do/(\w+)"', page))
    reasons = page.split('class="reasons"')[1]
    assert offered.isdisjoint({"CancelSession", "IssueWarning", "ConfirmMatch", "AdjustTravel", "CompleteCase"})
    assert {"PauseCase", "RevisePlan", "RecordViews", "TransferCase"} <= offered
    assert re.search(r"<strong>[^<]*Cancel session[^<]*</strong><br>The case has no session yet", reasons)


async def test_a_form_that_is_sent_by_whom_it_is_not_for_does_nothing_and_says_so(staff, case_id):
    async with a_browser(staff, "caseworker-1") as client:
        csrf = hidden((await client.get("/tasks")).text, "csrf")
        answer = await client.post(f"/cases/{case_id}/do/AcceptReferral", data={"csrf": csrf, "version": "1"})

    assert answer.status_code == 403
    assert staff.store.kept.cases["derbyshire", case_id].state == "received"


async def test_staff_and_organisations_are_chosen_by_name(staff, case_id):
    await bring(staff, case_id, TO_AN_AGREED_PLAN)

    async with a_browser(staff, "manager-1") as client:
        worker = (await client.get(f"/cases/{case_id}/do/AllocateCaseworker")).text
        provider = (await client.get(f"/cases/{case_id}/do/TransferCase")).text
        views = (await client.get(f"/cases/{case_id}/do/RecordViews")).text

    assert '<option value="caseworker-1">caseworker-1 (1 of 20 cases)</option>' in worker
    assert re.findall(r'<option value="([^"]+)">([^<]+)', provider) == [("repair-derbyshire", "Repair Derbyshire")]
    assert '<option value="written_apology">A written apology</option>' in views
    assert "Affected person 1, contact: " in views


async def test_a_session_is_chosen_by_what_where_and_when(staff, case_id):
    session = await a_session_that_is_over(staff, case_id)

    async with a_browser(staff, "manager-1") as client:
        form = (await client.get(f"/cases/{case_id}/do/CancelSession")).text

    words = "ASB workshop at Invented hall, Tue 3 Mar 2026, 10:00 (booked)"
    assert f'<option value="{session.id}">{words}</option>' in form


async def test_every_problem_of_a_form_stands_by_its_field_and_leads_there_from_the_top(staff, case_id):
    await bring(staff, case_id, TO_AN_AGREED_PLAN[:2])

    async with a_browser(staff, "caseworker-1") as client:
        answer = await _sent(client, f"/cases/{case_id}/do/RecordConsent", occurred_at="yesterday", reason="x")

    assert answer.status_code == 422
    assert re.findall(r'<a href="#(\w+)">([^<]+)', answer.text.split('role="alert"')[1]) == [
        ("purpose", "What was agreed to: this is needed."),
        ("given_by", "Who agreed: this is needed."),
        ("occurred_at", "When it happened: give a date with a time, for example 09/06/2026 16:10."),
    ]
    assert re.findall(r'id="(\w+)-fault"', answer.text) == ["purpose", "given_by", "occurred_at"]
    assert ">x</textarea>" in answer.text


async def test_a_possible_match_is_a_task_and_the_first_action_and_is_chosen_by_name(staff, case_id, matched):
    async with a_browser(staff, "triage-1") as client:
        tasks = (await client.get("/tasks")).text
        page = (await client.get(f"/cases/{matched.id}")).text
        form = (await client.get(f"/cases/{matched.id}/do/RejectMatch")).text
        answer = await _sent(client, f"/cases/{matched.id}/do/RejectMatch", other_case_id=str(case_id))

    first = page.split('class="actions next"')[1].split("</ul>")[0]
    assert f'<a href="/cases/{matched.id}/do/ConfirmMatch">Decide about a possible match' in tasks
    assert re.findall(r'/do/(\w+)"', first)[:2] == ["ConfirmMatch", "RejectMatch"]
    assert f"Case {str(case_id)[:8]}: criminal damage by an adult, crime dealt with out of court, received" in form
    assert answer.status_code == 303
    assert not staff.store.kept.cases["derbyshire", matched.id].unresolved_match


async def test_each_task_leads_to_the_form_that_does_it(staff, case_id):
    await a_session_that_is_over(staff, case_id)

    async with a_browser(staff, "manager-1") as client:
        page = (await client.get("/tasks")).text
        form = await client.get(re.search(r'<a href="([^"]+)">Record attendance', page)[1])

    assert form.headers["location"].endswith("/attendance")
    assert f'<a href="/cases/{case_id}/do/RecordContactAttempt">Reach the affected person' in page
    assert f'<a href="/cases/{case_id}">See that the first session takes place' in page
    assert f'<a href="/cases/{case_id}/do/CancelSession">Cancel session' in page


async def test_a_case_can_be_told_from_others_by_its_heading_and_by_a_name_once_it_was_asked_for(staff, case_id):
    person = staff.store.kept.cases["derbyshire", case_id].participant

    async with a_browser(staff, "triage-1") as client:
        before = (await client.get(f"/cases/{case_id}")).text
        asked = {"csrf": hidden(before, "csrf"), "person": str(person), "kind": "participant"}
        after = (await client.post(f"/cases/{case_id}/reveal", data=asked)).text

    short = str(case_id)[:8]
    title = f"<title>Case {short}: criminal damage by an adult, crime dealt with out of court, received"
    assert title in before
    assert title in after
    assert f"<h1>Case {short}, Corin Tazewell" in after
    assert len(staff.logbook.consultations) == 1


@pytest.mark.parametrize("role", [Role.TRIAGE, Role.CASEWORKER, Role.SUPERVISOR])
async def test_hours_are_explained(staff, case_id, role):
    async with a_browser(staff, f"{role}-1") as client:
        page = (await client.get(f"/cases/{case_id}")).text

    assert "Authorised: the most the referrer allows." in page


async def test_the_form_that_agrees_a_plan_shows_the_plan_that_is_agreed_to(staff, case_id):
    await bring(staff, case_id, TO_AN_AGREED_PLAN[:-1])

    async with a_browser(staff, "caseworker-1") as client:
        page = (await client.get(f"/cases/{case_id}/do/AgreePlan")).text
        other = (await client.get(f"/cases/{case_id}/do/AssessRisk")).text

    shown = _main(page).split("The plan that is agreed to")[1].split("<form")[0]
    assert "<li>ASB workshop at Invented hall: 2 h of rehabilitation</li>" in shown
    assert "<li>Litter picking at Invented arboretum: 10 h of reparation</li>" in shown
    assert "Proposed, because:" in shown
    assert "The plan that is agreed to" not in other


async def test_the_timeline_names_what_was_amended_and_asked_and_repeats_no_value(staff, case_id):
    amended = {"message_id": str(an_id("amendment")), "authorised_minutes": 480, "note": "There is a dog."}
    token = staff.parts.ids.derive("agency", str(case_id), "derbyshire-police")
    async with staff.client("derbyshire-police") as police:
        await police.post(f"/api/v1/referrals/{token}/amendments", json=amended)
    await bring(staff, case_id, (("RequestInformation", {"fields": ["/participant/phone", "/unit"]}),))

    async with a_browser(staff, "triage-1") as client:
        timeline = (await client.get(f"/cases/{case_id}")).text.split('class="timeline"')[1]

    assert "<strong>Referral amended</strong>: authorised minutes, note" in timeline
    assert "<strong>Information requested</strong>: phone, unit" in timeline
    assert "480" not in timeline
    assert "dog" not in timeline


async def test_the_choice_of_a_caseworker_begins_with_the_one_whom_the_rules_propose_and_says_why(staff, case_id):
    await bring(staff, case_id, (("AcceptReferral", {}),))
    busy = staff.store.kept.caseworkers["derbyshire", "caseworker-1"]
    staff.store.kept.caseworkers["derbyshire", "caseworker-1"] = replace(busy, open_cases=5)

    async def offered():
        async with a_browser(staff, "triage-1") as client:
            page = (await client.get(f"/cases/{case_id}/do/AllocateCaseworker")).text
        told = re.search(r"<p>(The rules propose [^<]*)</p>", page)[1]
        return told, re.findall(r'<option value="(caseworker-.)"[^>]*>([^<]*)', page)

    first = await offered()
    await bring(staff, case_id, (("AllocateCaseworker", {}),))
    again = await offered()

    why = "has 0 of at most 20 cases, could also take a child&#39;s case, knows nobody in it"
    assert first == (
        f"The rules propose caseworker-2: {why}.",
        [
            ("caseworker-2", "caseworker-2 (0 of 20 cases), proposed"),
            ("caseworker-1", "caseworker-1 (5 of 20 cases)"),
        ],
    )
    assert [name for name, words in again[1] if "proposed" in words] == ["caseworker-1"]
