"""What an id on a form is chosen from, each by its name: sessions, affected people, matches, staff, organisations."""

from collections.abc import Mapping, Sequence

from fastapi import Request

from schemas.commands import AllocateCaseworker
from schemas.vocabulary import OrganisationKind
from workflow.case.case import Case
from workflow.case.parts import Session
from workflow.handlers.gathering import gather
from workflow.portal.gate import caller_of, parts_of
from workflow.portal.locating import policy_of
from workflow.portal.pages.forms import Option
from workflow.portal.pages.frame import moment
from workflow.portal.pages.referral_form import FIELDS
from workflow.portal.wording import case_words, outcome_words, plain, short, titled
from workflow.rules.allocation import Suitable, proposed
from workflow.rules.calendar import local_day
from workflow.rules.facts import Caseworker


async def proposal(request: Request, case: Case) -> Suitable | None:
    """Return the caseworker whom the rules take where nobody is named, and why; None where nobody may have the case."""
    parts, caller = parts_of(request), caller_of(request)
    async with parts.store.work(caller.tenant) as work:
        facts = await gather(work, parts.book, case, AllocateCaseworker(), caller.actor)
    return proposed(facts.caseworkers, case)


async def choices_of(request: Request, case: Case, best: Suitable | None = None) -> dict[str, tuple[Option, ...]]:
    """Return what the fields of a command's form are chosen from, by field; an empty choice says that there is none.

    `best` is the caseworker who is proposed: first of the choice, and marked.
    """
    parts, caller = parts_of(request), caller_of(request)
    async with parts.reading.together(caller) as reading:
        sites = {site.id: site.name for site in await reading.sites(caller)}
        staff = await reading.caseworkers(caller)
        organisations = await reading.organisations(caller)
        matched = [await reading.case(caller, match.other_case) for match in case.matches if not match.decided]
    today = local_day(await parts.clock.now())
    remedies = [one for one in policy_of(parts, case).remedies if one.is_listed_on(today)]
    return {
        "session": tuple((str(one.id), session_words(one, sites)) for one in case.sessions),
        "affected": affected_choices(case),
        "other_case_id": tuple((str(one.id), _matched(one)) for one in matched if one is not None),
        "caseworker": _caseworkers(staff, best),
        "provider": tuple(
            (one.slug, one.name)
            for one in organisations
            if one.kind is OrganisationKind.PROVIDER and one.slug != case.provider
        ),
        "remedy": tuple((one.key, one.label) for one in remedies),
        "responsible_adult": tuple((str(n), f"Number {n + 1} of the referral") for n in range(case.responsible_adults)),
        "fields": tuple((field.path, field.label) for field in FIELDS),
    }


def session_words(session: Session, sites: Mapping[str, str]) -> str:
    """Return a session as people name it: what, where, when, and how it stands."""
    stands = "cancelled" if session.cancelled else outcome_words(session.outcome) if session.outcome else "booked"
    where = sites.get(session.site, session.site)
    return f"{titled(session.activity)} at {where}, {moment(session.starts_at)} ({stands})"


def affected_choices(case: Case) -> tuple[Option, ...]:
    """Return the affected people of a case as its page numbers them."""
    return tuple(
        (str(one.token), f"Affected {plain(one.kind)} {n}, contact: {plain(one.contact)}")
        for n, one in enumerate(case.affected, start=1)
    )


def _matched(case: Case) -> str:
    return f"Case {short(case.id)}: {case_words(case)}, received {moment(case.received_at)}"


def _caseworkers(staff: Sequence[Caseworker], best: Suitable | None) -> tuple[Option, ...]:
    first = best.caseworker if best else ""
    ranked = sorted(staff, key=lambda one: one.id != first)
    return tuple((one.id, f"{_staff(one)}, proposed" if one.id == first else _staff(one)) for one in ranked)


def _staff(one: Caseworker) -> str:
    children = "" if one.works_with_children else ", adults only"
    return f"{one.id} ({one.open_cases} of {one.max_cases} cases{children})"
