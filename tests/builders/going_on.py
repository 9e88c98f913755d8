"""A referral whose case goes on in another: at the next provider, or in the case of the same incident.

`client` opens a client of an organisation in a role; the same steps play on the fake portal and on PostgreSQL.
"""

from dataclasses import dataclass, replace

from tests.builders.referrals import a_housing_referral, a_police_referral
from tests.fakes.portal import an_id

REFERRALS = "/api/v1/referrals"
HERE, THERE = "mend-derbyshire", "repair-derbyshire"


@dataclass(frozen=True)
class Known:
    """What an agency knows its referral by, which case that opened, and in which it goes on."""

    agency: str
    token: str
    message_id: str
    opened: str
    goes_on_in: str
    provider: str


async def accepted(client):
    """A police referral that was accepted and goes on where it is, so far."""
    body = a_police_referral()
    token = await _refer(client, "derbyshire-police", body)
    (opened,) = [case["id"] for case in await _cases(client, HERE)]
    await _do(client, HERE, opened, "AcceptReferral")
    return Known("derbyshire-police", token, body["message_id"], opened, opened, HERE)


async def handed_on(client, known):
    """The same, at the second provider."""
    await _do(client, HERE, known.goes_on_in, "TransferCase", {"provider": THERE})
    await _do(client, THERE, known.goes_on_in, "AcceptTransfer")
    (there,) = [case["id"] for case in await _cases(client, THERE) if case["transferred_from"] == known.goes_on_in]
    return replace(known, goes_on_in=there, provider=THERE)


async def transferred(client):
    """A police referral, accepted and handed on to the second provider."""
    return await handed_on(client, await accepted(client))


async def merged(client):
    """A landlord's referral, joined to the police's case of the same incident."""
    await _refer(client, "derbyshire-police", a_police_referral())
    (survivor,) = [case["id"] for case in await _cases(client, HERE)]
    body = a_housing_referral()
    token = await _refer(client, "high-peak-homes", body)
    (opened,) = [case["id"] for case in await _cases(client, HERE) if case["id"] != survivor]
    await _do(client, HERE, opened, "ConfirmMatch", {"other_case_id": survivor, "same_incident": True})
    return Known("high-peak-homes", token, body["message_id"], opened, survivor, HERE)


async def merged_with_its_own(client):
    """A second message of the police about the same incident, joined to their first."""
    await _refer(client, "derbyshire-police", a_police_referral())
    (survivor,) = [case["id"] for case in await _cases(client, HERE)]
    body = a_police_referral(message_id=str(an_id("again")))
    token = await _refer(client, "derbyshire-police", body)
    (opened,) = [case["id"] for case in await _cases(client, HERE) if case["id"] != survivor]
    await _do(client, HERE, opened, "ConfirmMatch", {"other_case_id": survivor, "same_incident": True})
    return Known("derbyshire-police", token, body["message_id"], opened, survivor, HERE)


async def merged_and_transferred(client):
    """A landlord's referral, joined to the police's case, which is then handed on."""
    joined = await merged(client)
    await _do(client, HERE, joined.goes_on_in, "AcceptReferral")
    return await handed_on(client, joined)


WAYS = (transferred, merged, merged_with_its_own, merged_and_transferred)


async def state_of(client, known):
    """How the case in which it goes on stands, as its own provider reads it."""
    async with client(known.provider, "manager") as manager:
        return (await manager.get(f"/api/v1/cases/{known.goes_on_in}")).json()


async def _refer(client, agency, body):
    async with client(agency) as sender:
        answer = await sender.post(REFERRALS, json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["referral"]


async def _cases(client, provider):
    async with client(provider, "manager") as manager:
        return (await manager.get("/api/v1/cases")).json()["cases"]


async def _do(client, provider, case, command, data=None):
    async with client(provider, "manager") as manager:
        body = {"type": command, "data": data or {}}
        answer = await manager.post(f"/api/v1/cases/{case}/commands", json=body, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
