"""A country's referrals: each follows from the seed and its number alone, so that any piece may begin anywhere."""

import json
from dataclasses import dataclass, fields, replace
from datetime import UTC, timedelta

from deploy.simulate.casting import AS_DRAWN, Casting
from deploy.simulate.draw import Draw
from deploy.simulate.incidents import read_incidents
from deploy.simulate.organisations import read_register
from deploy.simulate.population import read_population
from deploy.simulate.referrals import body_of
from schemas import topics
from schemas.vocabulary import AgencyKind
from tests.bench.referrals import Sent, unlike
from tests.builders.ground import CLOCK

SENT_AT = CLOCK - timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed(Sent):
    """A record with the topic that it goes to, and the door it comes by."""

    topic: str
    door: str


class Country:
    """Draws referrals: real incidents, the file's rates of doors, bases and people, everything sent just now."""

    def __init__(self, path, seed):
        population, self.draw = read_population(), Draw(seed)
        found = read_incidents(path, seed=seed, sexual_share=population.rates["sexual_share"])
        self.incidents = found.incidents
        self.register = read_register()
        self._casting = Casting(population=population, draw=self.draw, opens_on=CLOCK.date(), register=self.register)

    def referral(self, number):
        """The referral of this number, as its agency would send it."""
        incident = self.draw.pick(self.incidents, "incident", number)
        plan = self._casting.plan(number, AS_DRAWN, incident, None)
        plan = replace(plan, when=_moved(plan.when))
        body = body_of(plan)
        body["participant"] |= unlike(self.draw, number)
        for place, affected in enumerate(body["affected_people"]):
            affected.update(unlike(self.draw, number, "affected", place))
        return Addressed(
            number=f"r-{number}",
            message_id=body["message_id"],
            key=body["referrer_reference"].encode(),
            value=json.dumps(body).encode(),
            topic=topics.referrals(AgencyKind(plan.agency.kind), plan.agency.slug),
            door=plan.door.value,
        )


def _moved(when):
    """The same moments with the same gaps, moved so that the referral is sent just before the database's clock."""
    ahead = SENT_AT - when.sent_at
    moments = {one.name: getattr(when, one.name) for one in fields(when)}
    # In UTC, since hours that are added in London may fall into another summer.
    return replace(when, **{name: at and at.astimezone(UTC) + ahead for name, at in moments.items()})
