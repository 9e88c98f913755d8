"""The catalogue as data: what may be asked, what may have happened, and what each refusal means."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, Request

from schemas.citing import plainly
from schemas.events import EVENTS
from schemas.referrals.reading import MODELS
from schemas.vocabulary import CaseState, Role
from workflow.machine.decisions import REASONS
from workflow.portal.asking import ASKED
from workflow.portal.gate import authorise
from workflow.rules.permissions import PERMISSIONS

router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorise)], tags=["catalogue"])


@router.get("/catalogue", name="catalogue")
async def catalogue(request: Request) -> dict[str, Any]:
    """Read commands with their schemas and roles, events, states, refusals in their open form, and the referrals."""
    del request
    return dict(_whole())


@cache
def _whole() -> Mapping[str, Any]:
    """The schemas of forty-odd models cost a tenth of a second, and are the same as long as the process lives."""
    whole: Mapping[str, Any] = plainly(_models())
    return whole


def _models() -> Mapping[str, Any]:
    return {
        "commands": {name: _command(name) for name in ASKED},
        "events": {wire: {"title": event.__doc__, "version": event.version} for wire, event in sorted(EVENTS.items())},
        "states": [str(state) for state in CaseState],
        "roles": [str(role) for role in Role],
        "refusals": {
            code: {"rule": reason.rule, "remedy": reason.remedy}
            for code, reason in sorted(REASONS.items())
            # That a cover exists for a reason is nobody's to read who may not know the reason.
            if reason.cover is None
        },
        "referrals": {str(kind): model.model_json_schema() for kind, model in MODELS.items()},
    }


def _command(name: str) -> dict[str, Any]:
    model = ASKED[name]
    permission = PERMISSIONS[model]
    return {
        "title": model.__doc__,
        "roles": sorted(permission.roles),
        "agencies": sorted(permission.agencies),
        "schema": model.model_json_schema(),
    }
