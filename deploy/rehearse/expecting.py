"""What a scenario expects of a case, of an audience's notices, or of what another organisation can see."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from deploy.rehearse import defaults
from deploy.rehearse.acting import EVERY_ROLE, unknown
from deploy.rehearse.findings import AUDIENCE_TOPICS, Finding, compare, compare_notices
from deploy.rehearse.ground import Ground
from deploy.rehearse.places import ScenarioError
from deploy.rehearse.scenario import AGENCY_WORDS, Expect, ViewAs
from schemas.vocabulary import OrganisationKind
from workflow.case.case import Case
from workflow.portal.views import case_view
from workflow.portal_ports import Caller
from workflow.rules.disclosure import agency_view
from workflow.schemes import Scheme

OF_VIEWS = frozenset({"as", "found", "never_contain"})


def case_findings(step: int, name: str, case: Case, scheme: Scheme, expected: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each field that is expected of a case, as its own provider reads it."""
    seen = case_view(case, _reader(case), scheme.version(case.policy_version))
    if wrong := [key for key in expected if key not in seen]:
        raise ScenarioError(f"step {step}", tuple(unknown("field of a case", key, [*seen]) for key in wrong))
    return compare(step, name, expected, seen)


async def notice_findings(step: int, expect: Expect, ground: Ground, tenant: str, only: UUID | None) -> list[Finding]:
    """Return findings about what one audience was told, of one case where the scenario names it."""
    audience = str(expect.notices)
    known = [*AUDIENCE_TOPICS, *AGENCY_WORDS, *(row.slug for row in defaults.organisations(tenant))]
    if audience not in known:
        raise ScenarioError(f"step {step}", (unknown("audience", audience, known),))
    told = [record for case_id, record in await ground.outward(tenant) if only in {None, case_id}]
    return list(compare_notices(step, audience.replace("_", "-"), expect.rest, told))


def view_findings(step: int, name: str, case: Case, scheme: Scheme, expected: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield findings about what another organisation sees of a case, which may be that there is none."""
    organisation = ViewAs.model_validate(expected["as"]).organisation
    slugs = [row.slug for row in defaults.organisations(case.tenant)]
    if organisation not in slugs:
        raise ScenarioError(f"step {step}", (unknown("organisation", organisation, slugs),))
    seen = dict(agency_view(case, organisation, scheme.version(case.policy_version)))
    found = bool(seen) or organisation == case.provider
    if "found" in expected:
        wanted, what = expected["found"], f"{organisation} looks for {name}"
        yield Finding(step=step, what=what, expected=wanted, found=found, holds=found is wanted)
    text = json.dumps(seen, default=str)
    for word in expected.get("never_contain", ()):
        what = f"{organisation} sees {name} without {word!r}"
        yield Finding(step=step, what=what, expected=0, found=text.count(word), holds=word not in text)
    shown = {key: value for key, value in expected.items() if key not in OF_VIEWS}
    yield from compare(step, f"{name} as {organisation}", shown, seen)


def _reader(case: Case) -> Caller:
    return Caller(
        id="A", tenant=case.tenant, organisation=case.provider, kind=OrganisationKind.PROVIDER, roles=EVERY_ROLE
    )
