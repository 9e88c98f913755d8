"""The register of organisations, and the local mailbox of notices delivered."""

from collections.abc import Sequence

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.pages.frame import page
from workflow.portal_ports import MOST_ROWS, Consulted, Mail

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)


@router.get("/organisations", name="organisations_page")
async def organisations_page(request: Request) -> Response:
    """Show the scheme's organisations."""
    return page(
        request,
        "organisations.html",
        {"organisations": await parts_of(request).reading.organisations(caller_of(request))},
    )


@router.get("/mailbox", name="mailbox_page")
async def mailbox_page(request: Request) -> Response:
    """Show which messages were delivered; address and text are opened one at a time."""
    return page(request, "mailbox.html", {"mails": await _mails(request), "opened": None})


@router.post("/mailbox", name="open_mail")
async def open_mail(request: Request) -> Response:
    """Open one message, logged; a form, so that nothing of it stands in an address."""
    parts, caller, mails = parts_of(request), caller_of(request), await _mails(request)
    wanted = str(form_of(request).get("mail", ""))
    mail = next((one for one in mails if one.id == wanted), None)
    person = uuid_of(mail.recipient) if mail else None
    if mail is None or person is None:
        raise await hidden(request, "mail")
    note = Consulted(person=person, fields=("address", "message"), why=None, refused=False, at=await parts.clock.now())
    await parts.logbook.consulted(caller, note)
    return page(request, "mailbox.html", {"mails": mails, "opened": mail})


async def _mails(request: Request) -> Sequence[Mail]:
    return await parts_of(request).reading.mail(caller_of(request), limit=MOST_ROWS)
