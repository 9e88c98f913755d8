"""One case: how it stands, what may be done and why not, its history, and people's details on request."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from schemas.vocabulary import ClockOrigin, ClockStatus
from workflow.case.case import Case
from workflow.portal.bodies import uuid_of
from workflow.portal.gate import authorise, caller_of, form_of, hidden, parts_of
from workflow.portal.locating import judging_origin, the_case
from workflow.portal.pages.frame import moment, page
from workflow.portal.pages.possible import reasons_against
from workflow.portal.revealing import FIELDS, may_reveal, reveal
from workflow.portal.views import timeline_view
from workflow.portal.wording import Refused, clock_words, fields_words, knows, outcome_words, plain, titled, usual

LONGEST_WORD = 40
# Facts that say only by the names of their fields what somebody amended; values are not repeated here.
AMENDED, AMENDABLE = "case.referral.amended", ("authorised_minutes", "limitation", "note")
NAME = ("given_name", "family_name")
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
        "first_slot",
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
    name = " ".join(str(details.get(part, "")) for part in NAME).strip() if kind == "participant" else ""
    shown = {"revealed": {"person": person, "kind": kind, "details": details}, "revealed_name": name}
    return await show_case(request, case, shown)


async def show_case(request: Request, case: Case, extra: Mapping[str, Any]) -> Response:
    """Return the page of a case."""
    parts, caller = parts_of(request), caller_of(request)
    against = await reasons_against(parts, caller, case)
    async with parts.reading.together(caller) as reading:
        history = await reading.history(caller, case.id)
        names = {one.slug: one.name for one in await reading.organisations(caller)}
        due = (await reading.due(caller, [case.id])).get(case.id, {})
        sites = await reading.sites(caller)
    shown = {
        "case": case,
        "clocks": _clocks(case, due, judging_origin(parts, case)),
        "open": [command for command, reason in against.items() if reason is None],
        "refused": reasons_of(against),
        "usual": usual(case),
        "timeline": together(_told(entry, names) for entry in timeline_view(history, caller)),
        "names": names,
        "sites": {site.id: site.name for site in sites},
        "may_reveal": [kind for kind in FIELDS if may_reveal(caller, kind)],
        "knows": knows(caller),
        "now": await parts.clock.now(),
        "revealed": None,
        "revealed_name": "",
    }
    return page(request, "case.html", shown | dict(extra))


def _clocks(case: Case, due: Mapping[str, datetime], origin: ClockOrigin) -> list[dict[str, Any]]:
    """Return each clock with when it runs out; the one that the case is judged by comes first."""
    found = [
        {
            "words": titled(clock_words(clock.name, clock.origin)),
            "judged": clock.origin == origin,
            "authority": None if clock.origin else clock.authority,
            "status": clock.status,
            "due": due.get(_timer(clock.name, clock.origin)),
        }
        for clock in case.clocks
    ]
    return sorted(found, key=lambda clock: not clock["judged"])


def reasons_of(against: Mapping[str, Refused | None]) -> list[tuple[Refused, list[str]]]:
    """Return why commands are refused, each reason once with all the commands that it stands against."""
    found: dict[tuple[str, str], tuple[Refused, list[str]]] = {}
    for command, reason in against.items():
        if reason is not None:
            found.setdefault((reason.rule, reason.remedy), (reason, []))[1].append(command)
    return list(found.values())


def together(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a timeline in which facts of one kind, moment and actor that follow one another stand in one line."""
    lines = []
    for _, same in groupby(
        entries, key=lambda one: [one[name] for name in ("words", "moment", "actor", "recorded_at")]
    ):
        first, *more = same
        told = "; ".join(one["told"] for one in (first, *more) if one["told"])
        lines.append({**first, "told": told, "state_after": (more or [first])[-1]["state_after"]})
    return lines


def _told(entry: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return an entry with its time and its coarse facts in words; ids and lists are left to the API."""
    fact = entry["fact"]
    shown = [
        outcome_words(value) if name == "outcome" else plain(value)
        for name, value in fact.items()
        if name not in BESIDE and _is_word(value)
    ]
    if "fields" in fact:
        shown = [fields_words(fact["fields"]), *shown]
    if entry["type"] == AMENDED:
        shown = [plain(name) for name in AMENDABLE if fact[name] is not None]
    if "clock" in fact:
        shown = [clock_words(fact["clock"], fact.get("origin")), *shown]
    if "clocks" in fact:
        shown = ["; ".join(map(_clock_told, fact["clocks"]))]
    at = moment(datetime.fromisoformat(entry["occurred_at"]))
    actor = "a system account" if uuid_of(entry["actor"]) else names.get(entry["actor"], entry["actor"])
    return dict(entry) | {"moment": at, "told": ", ".join(shown), "actor": actor}


def _clock_told(clock: Mapping[str, Any]) -> str:
    words = clock_words(clock["clock"], clock["origin"])
    return words if clock["status"] == ClockStatus.RUNNING else f"{words}: {plain(clock['status'])}"


def _is_word(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_WORD and uuid_of(value) is None and "T" not in value[10:11]


def _timer(name: str, origin: object) -> str:
    return f"breach:{name}:{origin}" if origin else f"breach:{name}"
