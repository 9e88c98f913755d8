"""What every Store promises of the vault (workflow/ports.py)."""

from dataclasses import replace

import pytest

from tests.builders.kept_cases import TENANT, a_new_case, an_id
from workflow.machine.decision import Seal
from workflow.ports import Batch


def a_seal(ref="1", family_name="Testperson", **fields):
    details = {"given_name": "Ada", "family_name": family_name, "birth_date": "1990-04-03", **fields}
    return Seal(person=an_id("person"), ref=an_id("ref", ref), kind="participant", fields=details)


async def test_leaving_without_keeping_changes_nothing(store):
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal()], {})

    async with store.work(TENANT) as work:
        assert await work.unseal(TENANT, [(an_id("person"), "participant")]) == {}


async def test_what_was_sealed_opens_again_and_the_same_ref_is_replaced(store):
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal()], {"source_organisation": "north-force"})
        await work.keep(Batch(tenant=TENANT, cases=(a_new_case(),)))
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal(family_name="Otherperson")], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        asked = [(an_id("person"), "participant"), (an_id("person"), "behaviour")]
        opened = await work.unseal(TENANT, asked)

    assert opened == {asked[0]: a_seal(family_name="Otherperson").fields}


@pytest.mark.parametrize(
    "asked",
    [
        {"family_name": "Testpersen", "birth_date": "1990-04-03"},
        {"family_name": "Testpersons", "birth_date": "1990-03-04"},
        {"given_name": "A.", "postcode": "de1 1aa"},
        {"phone": "+44 7700 900123"},
    ],
)
async def test_a_person_is_found_by_a_value_that_is_spelled_otherwise(store, asked):
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal(postcode="DE1 1AA", phone="07700 900 123")], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        found = await work.search(TENANT, asked)
    async with store.work("durham") as work:
        elsewhere = await work.search("durham", asked)

    assert [person for person, _ in found] == [an_id("person")]
    assert list(elsewhere) == []


async def test_nobody_is_found_by_nothing(store):
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal()], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        assert list(await work.search(TENANT, {"given_name": "Ada"})) == []


async def test_who_was_sealed_in_this_transaction_is_opened_and_found_before_it_is_kept(store):
    asked = [(an_id("person"), "participant")]
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal()], {})
        opened_at_once = await work.unseal(TENANT, asked)
        await work.seal(TENANT, [a_seal("2", family_name="Otherperson", phone="07700 900123")], {})

        found = await work.search(TENANT, {"phone": "07700 900123"})
        opened_later = await work.unseal(TENANT, asked)

    assert opened_at_once == {asked[0]: a_seal().fields}
    assert [fields["family_name"] for _, fields in found] == ["Otherperson"]
    assert opened_later == {asked[0]: found[0][1]}


async def test_a_search_that_was_foreseen_still_finds_who_was_sealed_or_changed_since(store):
    asked = {"phone": "07700 900123"}
    stored, new = a_seal(phone=asked["phone"]), replace(a_seal(phone=asked["phone"]), person=an_id("new"))
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [stored], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        await work.foresee(TENANT, searches=[asked, {"given_name": "Ada"}])
        before = await work.search(TENANT, asked)
        await work.seal(TENANT, [new], {})
        with_new = await work.search(TENANT, asked)
        await work.seal(TENANT, [a_seal(phone="07700 900999")], {})
        after = await work.search(TENANT, asked)

    assert before == [(stored.person, stored.fields)]
    assert with_new == sorted([(stored.person, stored.fields), (new.person, new.fields)])
    assert after == [(new.person, new.fields)]


async def test_what_was_foreseen_still_opens_as_it_was_sealed_since(store):
    asked, absent = (an_id("person"), "participant"), (an_id("person"), "behaviour")
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal()], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        await work.foresee(TENANT, opening=[asked, absent])
        before = await work.unseal(TENANT, [asked, absent])
        await work.seal(TENANT, [a_seal("2", family_name="Otherperson")], {})
        after = await work.unseal(TENANT, [asked, absent])

    assert before == {asked: a_seal().fields}
    assert after == {asked: a_seal(family_name="Otherperson").fields}


async def test_those_who_meet_in_most_values_are_found_first(store):
    asked = {**a_seal().fields, "phone": "07700 900123"}
    alike = [replace(a_seal("2", phone=asked["phone"]), person=an_id("b")), replace(a_seal("3"), person=an_id("a"))]
    async with store.work(TENANT) as work:
        await work.seal(TENANT, alike, {})
        in_memory = await work.search(TENANT, asked)
        await work.keep(Batch(tenant=TENANT))
    async with store.work(TENANT) as work:
        stored = await work.search(TENANT, asked)

    assert [person for person, _ in in_memory] == [an_id("b"), an_id("a")]
    assert stored == in_memory


def the_identifiers(ref="identifiers", person="person", **fields):
    return Seal(person=an_id(person), ref=an_id("ref", ref), kind="identifiers", fields=fields)


@pytest.mark.parametrize("said", ["IJ-2026/7", "ij 2026 7", "INC-9"])
async def test_a_referral_is_found_by_its_references_also_after_details_were_sealed_anew(store, said):
    async with store.work(TENANT) as work:
        numbers = the_identifiers(referrer_reference="IJ-2026/7", incident_number="INC-9", occurrence_number="inc 9")
        await work.seal(TENANT, [a_seal(), numbers, the_identifiers(person="other", referrer_reference="IJ-8")], {})
        await work.keep(Batch(tenant=TENANT))
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal("2", family_name="Otherperson")], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        found = await work.find(TENANT, said)
        still_known = await work.search(TENANT, {"family_name": "Otherperson", "birth_date": "1990-04-03"})
    async with store.work("durham") as work:
        elsewhere = await work.find("durham", said)

    assert (list(found), list(elsewhere)) == ([an_id("person")], [])
    assert [person for person, _ in still_known] == [an_id("person")]


async def test_references_that_are_sealed_anew_are_found_as_they_are_now_and_so_are_the_details(store):
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [a_seal(phone="07700 900123"), the_identifiers(referrer_reference="IJ-7")], {})
        await work.keep(Batch(tenant=TENANT))
    async with store.work(TENANT) as work:
        await work.seal(TENANT, [the_identifiers(referrer_reference="IJ-8")], {})
        await work.keep(Batch(tenant=TENANT))

    async with store.work(TENANT) as work:
        found = [list(await work.find(TENANT, said)) for said in ("IJ-7", "IJ-8", "--")]
        known = await work.search(TENANT, {"phone": "07700 900123"})

    assert found == [[], [an_id("person")], []]
    assert [person for person, _ in known] == [an_id("person")]
