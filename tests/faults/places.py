"""The one site of a scene, and sessions there."""

from datetime import timedelta

from deploy.rehearse.defaults import PROVIDER
from schemas.vocabulary import ActivityKind
from tests.faults.letters import FIRST_SLOT
from workflow.rules.facts import Site, Slot

KINDS = (ActivityKind.ASB_WORKSHOP, ActivityKind.LITTER_PICKING)


def the_site():
    """The park, where everything is done."""
    kinds = frozenset(KINDS)
    return Site(id="park", name="Park", provider=PROVIDER, activities=kinds, longitude=-1.4729, latitude=52.8983)


def a_slot(name, day, places, kind):
    """A slot of the one site, so many days after the first."""
    starts = FIRST_SLOT + timedelta(days=day)
    return Slot(
        id=name,
        site="park",
        provider=PROVIDER,
        activity=kind,
        starts_at=starts,
        ends_at=starts + timedelta(hours=2),
        capacity=places,
        supervisor="supervisor-1",
    )
