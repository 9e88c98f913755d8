"""Walks through the pages in a real Chromium; axe looks at every page on the way."""

import pytest
from axe_playwright_python.async_playwright import Axe

from schemas.vocabulary import Audience
from tests.builders.browsing import TO_AN_AGREED_PLAN, a_session_that_is_over, bring
from tests.builders.referrals import a_police_referral
from tests.fakes.portal import PASSWORD
from workflow.portal_ports import Mail

pytestmark = pytest.mark.browser
TELEPHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
MISSING = {
    "referrer_reference": "IJ-2026-7",
    "basis": "community_resolution",
    "participant.family_name": "Quillfeather",
    "participant.birth_date": "1990-05-04",
    "authorisation.minutes": "600",
}


async def _sign_in(page, login):
    await page.goto("/")
    await _is_accessible(page)
    await page.get_by_label("Name").fill(login)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/tasks")


async def _is_accessible(page):
    """Axe finds nothing, and on a telephone nothing has to be scrolled sideways."""
    await page.set_viewport_size(TELEPHONE)
    assert await page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    await page.set_viewport_size(DESK)
    found = (await Axe().run(page)).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


async def _a_booked_case(portal):
    async with portal.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral())
    case_id = next(iter(portal.store.kept.cases.values())).id
    await a_session_that_is_over(portal, case_id)
    return case_id


async def test_a_person_signs_in_opens_the_first_task_and_records_attendance(portal, page):
    case_id = await _a_booked_case(portal)

    await _sign_in(page, "manager-1")
    await _is_accessible(page)
    await page.get_by_role("link", name="Record attendance").first.click()
    await page.wait_for_url("**/attendance")
    await _is_accessible(page)
    chosen = await page.get_by_role("radio", checked=True).count()
    await page.get_by_role("button", name="Record attendance").click()
    await page.get_by_role("heading", name="Please mend 1 thing").wait_for()
    await _is_accessible(page)
    await page.get_by_label("Came and complied").check()
    await page.get_by_role("button", name="Record attendance").click()
    await page.wait_for_url(f"**/cases/{case_id}")
    await _is_accessible(page)

    assert chosen == 0
    assert await page.get_by_text("Came and complied").count() > 0
    assert portal.store.kept.cases["derbyshire", case_id].sessions[0].outcome == "ATTC"


async def test_a_session_is_booked_from_all_that_are_offered_and_moved(portal, page):
    async with portal.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral())
    case_id = next(iter(portal.store.kept.cases.values())).id
    await bring(portal, case_id, TO_AN_AGREED_PLAN)

    await _sign_in(page, "manager-1")
    await page.get_by_role("link", name="Book the first session").click()
    await page.get_by_text("7 sessions of the next 4 weeks can be booked").wait_for()
    await page.get_by_text("In this scheme a workshop comes before any work.").click()
    await _is_accessible(page)
    await page.get_by_role("button", name="Book").first.click()
    await page.get_by_role("link", name="move the session of").click()
    await page.get_by_label("The participant", exact=True).check()
    await _is_accessible(page)
    await page.get_by_role("button", name="Move here").first.click()
    await page.get_by_text("Session rescheduled").wait_for()

    assert portal.store.kept.cases["derbyshire", case_id].sessions[0].slot == "hall-2"


async def test_the_form_of_every_action_is_accessible_and_so_is_why_it_cannot_be_done(portal, page):
    case_id = await _a_booked_case(portal)

    await _sign_in(page, "manager-1")
    for command in ("RecordConsent", "AssessRisk", "RecordViews", "CancelSession", "CompleteCase", "AcceptReferral"):
        await page.goto(f"/cases/{case_id}/do/{command}")
        await _is_accessible(page)


async def test_a_referral_with_five_mistakes_shows_them_by_their_fields_and_mended_it_opens_a_case(portal, page):
    await _sign_in(page, "triage-1")
    await page.get_by_role("link", name="New referral").click()
    await _is_accessible(page)
    await page.get_by_label("Who refers").select_option("derbyshire-police")
    await page.get_by_label("Crime or no crime").select_option("crime_oocr")
    await page.get_by_label("Kind of behaviour").select_option("criminal_damage")
    await page.get_by_label("When it began").fill("2026-03-01T09:00")
    await page.get_by_label("Given name (needed)", exact=True).fill("Ada")
    await page.get_by_label("Is there a last day for bringing a charge?").select_option("none")
    await page.get_by_label("What the participant says about responsibility").select_option("admits")
    await page.get_by_label("Who recorded it").fill("PC Strand")
    await page.get_by_label("When it was recorded").fill("2026-03-01T10:00")
    await page.get_by_role("button", name="Send referral").click()

    await page.get_by_role("heading", name="Please mend 5 things").wait_for()
    wrong = await page.locator(".field.wrong").evaluate_all(
        "all => all.map(one => one.querySelector('input,select,textarea').name)"
    )
    assert wrong == [*MISSING]
    assert await page.get_by_label("Given name (needed)", exact=True).input_value() == "Ada"
    await _is_accessible(page)
    await _mend_and_send(page)
    await page.get_by_text("Referral received").wait_for()
    await _is_accessible(page)
    assert [case.state for case in portal.store.kept.cases.values()] == ["received"]


async def _mend_and_send(page):
    for name, text in MISSING.items():
        field = page.locator(f'[name="{name}"]')
        await (field.select_option(text) if name == "basis" else field.fill(text))
    await page.get_by_role("button", name="Send referral").click()
    await page.wait_for_url("**/cases/*")


async def _an_affected_person(portal):
    async with portal.client("derbyshire-police") as police:
        await police.post("/api/v1/referrals", json=a_police_referral())
    return next(iter(portal.store.kept.cases.values())).affected[0].token


async def test_a_delivered_notice_lies_in_the_mailbox_and_is_opened_on_request(portal, page):
    person = await _an_affected_person(portal)
    mail = Mail(
        id="m1",
        case_id=next(iter(portal.store.kept.cases.values())).id,
        audience=Audience.AFFECTED_PERSON,
        recipient=str(person),
        address="ottoline@example.org",
        subject="The work has started",
        body="Dear Ottoline, the work has started.",
        at=portal.clock.at,
    )
    portal.reading.mails.append(("derbyshire", mail))

    await _sign_in(page, "affected_person_worker-1")
    await page.get_by_role("link", name="Mailbox").click()
    await _is_accessible(page)
    hidden = await page.get_by_text("Dear Ottoline").count()
    await page.get_by_role("button", name="Show").click()
    await page.get_by_text("Dear Ottoline").wait_for()

    await _is_accessible(page)
    assert hidden == 0
    assert len(portal.logbook.consultations) == 1


async def test_the_case_that_a_referrer_rings_about_is_found_and_its_references_are_read(portal, page):
    case_id = await _a_booked_case(portal)

    await _sign_in(page, "triage-1")
    await page.goto("/cases")
    await page.get_by_label("Reference that a referrer says").fill("no such thing")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_text("No case that you may see bears this reference.").wait_for()
    await _is_accessible(page)
    await page.get_by_label("Reference that a referrer says").fill("26 000 112233")
    await page.get_by_role("button", name="Find").click()
    await page.wait_for_url(f"**/cases/{case_id}")
    await page.get_by_role("button", name="Show the referrer").click()
    await page.get_by_text("INC-20260301-0417").wait_for()
    await _is_accessible(page)
