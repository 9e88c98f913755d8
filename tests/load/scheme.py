"""The scheme that is worked in: three agencies, one provider with its staff, and sessions enough for everybody."""

from datetime import timedelta
from uuid import UUID, uuid5

from deploy.stack.people import Engaged
from deploy.stack.reference import Machine, StartingData, StartingUser
from schemas.vocabulary import ActivityKind, OrganisationKind, Role
from tests.builders.ground import CLOCK
from tests.builders.referrals import a_housing_referral, a_police_referral, a_youth_justice_referral, without
from workflow.portal.gate import bearer_of
from workflow.rules.facts import Caseworker, Organisation, Site, Slot

TENANT, PROVIDER = "derbyshire", "mend-derbyshire"
NAMESPACE = UUID("b6f0c1f0-6a4e-4d0b-9a55-0c7d2b1e4500")
PASSWORD = "an invented password of some length"
CASEWORKERS, IN_TRIAGE = 40, 5
ENOUGH = 10_000
REFERRALS = {
    OrganisationKind.POLICE: a_police_referral(),
    OrganisationKind.YOUTH_JUSTICE: a_youth_justice_referral(),
    OrganisationKind.HOUSING: a_housing_referral(),
}
# What would make two people look like one.
SHARED = ("phone", "email", "address", "postcode", "uprn", "parent_uprn", "home_point")


def organisations():
    """Who is registered."""
    agencies = [(body["agency"], kind) for kind, body in REFERRALS.items()]
    return tuple(
        Organisation(slug=slug, tenant=TENANT, kind=kind, name=slug.replace("-", " ").title())
        for slug, kind in (*agencies, (PROVIDER, OrganisationKind.PROVIDER))
    )


def staff():
    """Logins by role; each person's login is his or her staff id as well."""
    return {
        Role.CASEWORKER: [f"caseworker-{number}" for number in range(1, CASEWORKERS + 1)],
        Role.TRIAGE: [f"triage-{number}" for number in range(1, IN_TRIAGE + 1)],
    }


def machines():
    """A credential for each agency."""
    return tuple(
        Machine(credential=uuid5(NAMESPACE, body["agency"]), secret=f"of {body['agency']}", organisation=body["agency"])
        for body in REFERRALS.values()
    )


def starting_data():
    """Everything that must be there before the first click."""
    works = [name for names in staff().values() for name in names]
    roles = {name: role for role, names in staff().items() for name in names}
    users = [
        StartingUser(
            login=name,
            password=PASSWORD,
            engagements=(Engaged(organisation=PROVIDER, role=roles[name], staff_id=name),),
        )
        for name in works
    ]
    return StartingData(
        organisations=organisations(),
        sites={TENANT: (_site(),)},
        slots={TENANT: tuple(_slots())},
        caseworkers={TENANT: tuple(_caseworker(name) for name in staff()[Role.CASEWORKER])},
        users=tuple(users),
        machines=machines(),
    )


def plan(ledger, seed):
    """What the clients are told."""
    people = {role: [{"login": name, "staff": name} for name in names] for role, names in staff().items()}
    agencies = [
        {
            "organisation": body["agency"],
            "authorization": f"Bearer {bearer_of(machine.credential, machine.secret)}",
            "referral": body | {"participant": without(body["participant"], *SHARED)},
        }
        for body, machine in zip(REFERRALS.values(), machines(), strict=True)
    ]
    return {
        "ledger": str(ledger),
        "seed": seed,
        "password": PASSWORD,
        "provider": PROVIDER,
        "caseworkers": people[Role.CASEWORKER],
        "triage": people[Role.TRIAGE],
        "agencies": agencies,
    }


def _site():
    kinds = frozenset(ActivityKind)
    return Site(id="park", name="Park", provider=PROVIDER, activities=kinds, longitude=-1.4729, latitude=52.8983)


def _slots():
    for ahead in range(1, 29):
        for number, kind in enumerate((ActivityKind.ASB_WORKSHOP, ActivityKind.LITTER_PICKING)):
            starts = CLOCK.replace(hour=10 + 3 * number, minute=0, second=0) + timedelta(days=ahead)
            yield Slot(
                id=f"{kind}-{ahead}",
                site="park",
                provider=PROVIDER,
                activity=kind,
                starts_at=starts,
                ends_at=starts + timedelta(hours=2),
                capacity=ENOUGH,
                supervisor="supervisor-1",
            )


def _caseworker(name):
    return Caseworker(id=name, provider=PROVIDER, works_with_children=True, max_cases=ENOUGH, open_cases=0)
