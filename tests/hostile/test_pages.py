"""Pages answer hostile forms with a page: no failure, and nothing that was typed is printed as markup."""

import re

import pytest

from tests.builders.browsing import a_browser
from tests.hostile.forms import CHARSETS, TEXTS, in_parts, paths, plain

LOGIN = "manager-1"


@pytest.fixture(scope="module")
async def browser(worked_portal):
    """Somebody's browser, and its form token."""
    worked_portal.accounts.engage(LOGIN, "manager", worked_portal.organisations["mend-derbyshire"])
    case = next(iter(worked_portal.store.kept.cases))[1]
    async with a_browser(worked_portal, LOGIN) as client:
        page = (await client.get("/referrals/new")).text
        yield client, re.search(r'name="csrf" value="([^"]*)"', page)[1], case


@pytest.mark.parametrize("name", TEXTS)
async def test_a_hostile_text_in_every_field_of_every_form_is_answered(browser, name):
    client, csrf, case = browser

    answers = [(path, await client.post(path, **plain(csrf, TEXTS[name]))) for path in paths(case)]

    assert [(path, one.status_code) for path, one in answers if one.status_code >= 500] == []
    assert [path for path, one in answers if "<script>alert(1)" in one.text] == []


@pytest.mark.parametrize("charset", CHARSETS)
async def test_a_form_in_an_odd_character_set_is_answered(browser, charset):
    client, csrf, case = browser

    answers = [(path, await client.post(path, **in_parts(csrf, charset))) for path in [*paths(case), "/sign-in"]]

    assert [(path, one.status_code) for path, one in answers if one.status_code >= 500] == []
