"""What a demo begins with: the simulated register, places and staff, and secrets derived from its master key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

import httpx

from deploy.simulate.plans import ReferralPlan
from deploy.simulate.reference import STAFF_ROLES, ReferenceData
from deploy.simulate.referrals import message_id
from deploy.stack.invented import invented_data, invented_user
from deploy.stack.reference import Machine, StartingData
from schemas.vocabulary import OrganisationKind, Role
from workflow.handlers.intake import case_of_message, person_token
from workflow.store.keys import KeyedIds, MasterKeys

AGENCIES = frozenset({OrganisationKind.POLICE, OrganisationKind.YOUTH_JUSTICE, OrganisationKind.HOUSING})
PASSWORD = "amends-demo-password"  # noqa: S105 - the demo's people are invented, and its pages are on this machine alone


@dataclass(frozen=True, slots=True)
class Secrets:
    """Every secret of a demo, derived: the same seed signs in the same way."""

    keys: MasterKeys

    def machine(self, organisation: str, role: Role | None) -> Machine:
        """Return the credential of an organisation's machine in a role."""
        name = f"{organisation}:{role or ''}"
        secret = sha256(self.keys.subkey("demo-credential", name)).hexdigest()
        study = "evaluation" if role is Role.EVALUATOR else None
        credential = KeyedIds(self.keys).derive("demo-credential", name)
        return Machine(credential=credential, secret=secret, organisation=organisation, role=role, study=study)

    def client(self, url: str, organisation: str, role: Role | None) -> httpx.AsyncClient:
        """Return a client of the public API that speaks as that machine."""
        return self.machine(organisation, role).client(url)


def starting_data(reference: ReferenceData, secrets: Secrets, plans: Sequence[ReferralPlan]) -> StartingData:
    """Return the reference data as the stack puts it in, with who knows whom."""
    known = people_known(secrets.keys, plans)
    return replace(
        invented_data(reference, knows=lambda worker: frozenset(known[n] for n in worker.knows if n in known)),
        users=tuple(invented_user(user, PASSWORD) for user in reference.users),
        machines=tuple(_machines(reference, secrets)),
    )


def people_known(keys: MasterKeys, plans: Sequence[ReferralPlan]) -> Mapping[int, UUID]:
    """Return the participant's token that each planned referral will get: ids follow from the message alone."""
    ids = KeyedIds(keys)
    return {
        plan.number: person_token(ids, case_of_message(ids, plan.scheme, plan.agency.slug, message_id(plan)), 0)
        for plan in plans
    }


def _machines(reference: ReferenceData, secrets: Secrets) -> list[Machine]:
    machines = []
    for row in reference.organisations:
        if row.kind in AGENCIES:
            machines.append(secrets.machine(row.slug, None))
        elif row.kind is OrganisationKind.PROVIDER:
            machines += [secrets.machine(row.slug, role) for role in STAFF_ROLES]
        elif row.kind is OrganisationKind.EVALUATOR:
            machines.append(secrets.machine(row.slug, Role.EVALUATOR))
    return machines
