"""Three walks through the pages in a real Chromium; axe looks at every page on the way."""

import pytest
from axe_playwright_python.async_playwright import Axe

from tests.builders.browsing import a_session_that_is_over
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
    await page.wait_for_url(f"**/cases/{case_id}")
    await _is_accessible(page)
    await page.get_by_role("link", name="Record attendance of").click()
    await _is_accessible(page)
    await page.get_by_role("button", name="Record attendance").click()
    await page.wait_for_url(f"**/cases/{case_id}")

    assert await page.get_by_text("ATTC").count() > 0
    assert portal.store.kept.cases["derbyshire", case_id].sessions[0].outcome == "ATTC"


async def test_a_referral_with_five_mistakes_shows_them_by_their_fields_and_mended_it_opens_a_case(portal, page):
    await _sign_in(page, "triage-1")
    await page.get_by_role("link", name="New referral").click()
    await _is_accessible(page)
    await page.get_by_label("Who refers").select_option("derbyshire-police")
    await page.get_by_label("Door", exact=True).select_option("crime_oocr")
    await page.get_by_label("Kind of behaviour", exact=True).select_option("criminal_damage")
    await page.get_by_label("Began", exact=True).fill("2026-03-01T09:00")
    await page.get_by_label("Given name", exact=True).fill("Ada")
    await page.get_by_label("Limitation", exact=True).select_option("none")
    await page.get_by_label("Responsibility", exact=True).select_option("admits")
    await page.get_by_label("Recorded by", exact=True).fill("PC Strand")
    await page.get_by_label("Recorded", exact=True).fill("2026-03-01T10:00")
    await page.get_by_role("button", name="Send referral").click()

    await page.get_by_role("heading", name="Please mend 5 things").wait_for()
    wrong = await page.locator(".field.wrong").evaluate_all(
        "all => all.map(one => one.querySelector('input,select,textarea').name)"
    )
    assert wrong == [*MISSING]
    assert await page.get_by_label("Given name", exact=True).input_value() == "Ada"
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
