"""One case: how it stands, what may be done and why not, its history, and people's details on request."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from workflow.case.case import Case
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.locating import policy_of, the_case
from workflow.portal.pages.frame import moment, page
from workflow.portal.revealing import may_reveal, reveal
from workflow.portal.trying import judge_all
from workflow.portal.views import clocks_view, timeline_view
from workflow.portal.wording import USUAL, clock_words, knows, plain

LONGEST_WORD = 40
# Said elsewhere on the page, or of no use to a reader.
BESIDE = frozenset(
    {
        "age_at_behaviour",
        "age_at_disposal",
        "agency",
        "agency_kind",
        "asb_heading",
        "asb_type",
        "authority",
        "basis",
        "clearance",
        "clock",
        "district",
        "door",
        "ended_at",
        "ends_at",
        "limitation",
        "note",
        "origin",
        "place",
        "policy_version",
        "provider",
        "responsibility",
        "site",
        "slot",
        "started_at",
        "starts_at",
        "status",
    }
)
router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)


@router.get("/cases/{case_id}", name="case_page")
async def case_page(request: Request, case_id: str) -> Response:
    """Show a case; what was just done is told on top."""
    return await show_case(request, await the_case(request, case_id), {})


@router.post("/cases/{case_id}/reveal", name="reveal")
async def reveal_details(request: Request, case_id: str) -> Response:
    """Show a person's details once, in the answer to a form, never at an address; logged, refused ones too."""
    case, form = await the_case(request, case_id), form_of(request)
    person, kind = uuid_of(str(form.get("person", ""))), str(form.get("kind", ""))
    why = str(form.get("why", "")).strip()[:200]
    details = await reveal(parts_of(request), caller_of(request), case, person, kind, why) if person else None
    if details is None:
        raise await hidden(request, "details")
    return await show_case(request, case, {"revealed": {"person": person, "kind": kind, "details": details}})


async def show_case(request: Request, case: Case, extra: Mapping[str, Any]) -> Response:
    """Return the page of a case."""
    parts, caller = parts_of(request), caller_of(request)
    due = (await parts.reading.due(caller, [case.id])).get(case.id, {})
    history = await parts.reading.history(caller, case.id)
    shown = {
        "case": case,
        "clocks": clocks_view(case, policy_of(parts, case)),
        "all_clocks": [(clock, due.get(_timer(clock.name, clock.origin))) for clock in case.clocks],
        "verdicts": await judge_all(parts, caller, case),
        "usual": USUAL.get(case.state, ()),
        "timeline": [_told(entry) for entry in timeline_view(history, caller)],
        "sites": {site.id: site.name for site in await parts.reading.sites(caller)},
        "may_reveal": {kind: may_reveal(caller, kind) for kind in ("participant", "behaviour", "affected")},
        "knows": knows(caller),
        "now": await parts.clock.now(),
        "revealed": None,
    }
    return page(request, "case.html", shown | dict(extra))


def _told(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with its time and its coarse facts in words; ids and lists are left to the API."""
    fact = entry["fact"]
    shown = [plain(value) for name, value in fact.items() if name not in BESIDE and _is_word(value)]
    if "clock" in fact:
        shown = [clock_words(fact["clock"], fact.get("origin")), *shown]
    at = moment(datetime.fromisoformat(entry["occurred_at"]))
    actor = "a system account" if uuid_of(entry["actor"]) else entry["actor"]
    return dict(entry) | {"moment": at, "told": ", ".join(shown), "actor": actor}


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORD and uuid_of(value) is None and "T" not in value[10:11]


def _timer(name: str, origin: object) -> str:
    return f"breach:{name}:{origin}" if origin else f"breach:{name}"
