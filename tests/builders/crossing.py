"""Two schemes with cases, and everybody who may not see them. What is personal in a case holds one word of its own."""

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

import asyncpg
import httpx

from tests.builders.referrals import a_housing_referral, a_police_referral
from tests.builders.sql_portal import sql_parts
from tests.databases import pooled
from tests.fakes.portal import an_id
from tests.fakes.portal_ports import HASH
from workflow.portal.app import create_app
from workflow.portal.gate import COOKIE, bearer_of, secret_hash
from workflow.store.keys import KeyedIds

CSRF = "a form's own word"
# slug -> scheme and kind: two of each that could be taken for one another.
ORGANISATIONS = {
    "north-police": ("derbyshire", "police"),
    "south-police": ("derbyshire", "police"),
    "hill-homes": ("derbyshire", "housing"),
    "dale-homes": ("derbyshire", "housing"),
    "ridge-youth": ("derbyshire", "youth_justice"),
    "mend": ("derbyshire", "provider"),
    "repair": ("derbyshire", "provider"),
    "west-university": ("derbyshire", "evaluator"),
    "east-police": ("durham", "police"),
    "wear-homes": ("durham", "housing"),
    "restore": ("durham", "provider"),
    "east-university": ("durham", "evaluator"),
}
SCHEME_WORDS = {"derbyshire": "Zeldara", "durham": "Yorvane"}
# agency -> the provider that works its case, and the word of the case
CASES = {
    "north-police": ("mend", "Quarndon"),
    "south-police": ("repair", "Wirkswold"),
    "hill-homes": ("mend", "Tissingham"),
    "dale-homes": ("repair", "Bradwyn"),
    "east-police": ("restore", "Esharrow"),
    "wear-homes": ("restore", "Cassopel"),
}


@dataclass(frozen=True)
class Who:
    """A caller: of an organisation, in a role, by bearer or in a browser."""

    organisation: str
    role: str = ""
    browser: bool = False

    def __str__(self):
        return " ".join((self.organisation, self.role, *(["browser"] if self.browser else []))).strip()

    @property
    def tenant(self):
        return ORGANISATIONS[self.organisation][0]

    @property
    def kind(self):
        return ORGANISATIONS[self.organisation][1]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What is there to be found: whose it is (None: everybody's in the scheme), and how it would show."""

    tenant: str
    owners: frozenset[str] | None
    secrets: frozenset[str]
    case: UUID | None = None
    token: UUID | None = None
    message: str = ""
    people: tuple[UUID, ...] = ()

    def belongs_to(self, who):
        return who.tenant == self.tenant and (self.owners is None or who.organisation in self.owners)


@dataclass
class World:
    """The portal on a database, and all that was planted in it."""

    app: object
    owner: asyncpg.Connection
    ids: KeyedIds
    things: list[Thing] = field(default_factory=list)

    @property
    def cases(self):
        return [thing for thing in self.things if thing.case]

    @asynccontextmanager
    async def client(self, who):
        """A client that is let in as somebody; each browser has a session of its own."""
        headers = {"Authorization": f"Bearer {bearer_of(an_id(who), str(who))}"} if not who.browser else {}
        cookies = {COOKIE: await self._session(who)} if who.browser else {}
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal", headers=headers, cookies=cookies
        ) as client:
            yield client

    async def let_in(self, who):
        """Give somebody a credential, or an account with an engagement."""
        if not who.browser:
            await self.owner.execute(
                "INSERT INTO credentials (id, secret_hash, tenant, organisation, role, study, created_at) "
                "VALUES ($1, $2, $3, $4, $5, 'evaluation', now())",
                *(an_id(who), secret_hash(str(who)), who.tenant, who.organisation, who.role),
            )
            return
        await self.owner.execute(
            "INSERT INTO users (id, login, password_hash, failed_attempts) VALUES ($1, $2, $3, 0)",
            *(an_id("user", who), str(who), HASH),
        )
        await self.owner.execute(
            "INSERT INTO engagements (id, user_id, tenant, organisation, role, staff_id, valid_from) "
            "VALUES ($1, $2, $3, $4, $5, $6, now() - interval '1 day')",
            *(an_id("engagement", who), an_id("user", who), who.tenant, who.organisation, who.role, str(who)),
        )

    async def _session(self, who):
        token = token_urlsafe()
        await self.owner.execute(
            "INSERT INTO web_sessions (token_hash, user_id, engagement, csrf, expires_at) VALUES ($1, $2, $3, $4, $5)",
            *(secret_hash(token), an_id("user", who), an_id("engagement", who), CSRF),
            await self.owner.fetchval("SELECT now() + $1::interval", timedelta(hours=1)),
        )
        return token


@asynccontextmanager
async def a_world_with(callers, database):
    """The world on an emptied database, with these let in besides the agencies of its cases."""
    owner = await asyncpg.connect(database.superuser)
    async with pooled(database.portal, 1) as pool:
        world = await a_world(owner, pool)
        for who in callers:
            if str(who) not in CASES:
                await world.let_in(who)
        yield world
    await owner.close()


async def a_world(owner, portal_pool):
    """Plant everything; `owner` may write what the portal may not."""
    parts = sql_parts(portal_pool)
    world = World(create_app(parts), owner, parts.ids)
    await owner.execute("INSERT INTO demo_clock (one, at) VALUES (true, '2026-03-02T09:30:05Z')")
    for agency in CASES:
        await world.let_in(Who(agency))
    for provider in ("mend", "repair", "restore"):
        await _register(world, [slug for slug, (_, kind) in ORGANISATIONS.items() if kind != "provider"] + [provider])
        for agency in [one for one, (works, _) in CASES.items() if works == provider]:
            world.things.append(await _case(world, agency))
    await _register(world, ORGANISATIONS)
    await _belongings(world)
    return world


async def _register(world, slugs):
    """Let these be the whole register: a case goes to the only provider that is in it."""
    await world.owner.execute("DELETE FROM organisations")
    await world.owner.executemany(
        "INSERT INTO organisations (slug, tenant, kind, name, registered_at) VALUES ($1, $2, $3, $4, now())",
        [(slug, *ORGANISATIONS[slug], f"{slug} of {SCHEME_WORDS[ORGANISATIONS[slug][0]]}") for slug in slugs],
    )


async def _case(world, agency):
    """Refer somebody, deliver a message about it, and return what is to be found of it by nobody else."""
    tenant, kind = ORGANISATIONS[agency]
    provider, word = CASES[agency]
    body = (a_police_referral if kind == "police" else a_housing_referral)(**_worded(agency, word))
    async with world.client(Who(agency)) as client:
        receipt = await client.post("/api/v1/referrals", json=body)
    assert receipt.status_code == 202, receipt.text
    case = await world.owner.fetchval("SELECT case_id FROM case_referrers WHERE agency = $1", agency)
    token = UUID(receipt.json()["referral"])
    people = tuple(world.ids.derive("person", str(case), str(number)) for number in range(2))
    await _mail(world, tenant, case, word, people[1])
    secrets = {word, str(case), str(token), body["message_id"], *map(str, people)}
    return Thing(
        tenant=tenant,
        owners=frozenset({agency, provider}),
        secrets=frozenset(secrets),
        case=case,
        token=token,
        message=body["message_id"],
        people=people,
    )


def _worded(agency, word):
    number = sorted(CASES).index(agency)
    return {
        "message_id": str(an_id("message", agency)),
        "agency": agency,
        "referrer_reference": f"REF-{word}",
        "unit": f"{word} team",
        "officer_contact": {"name": f"PC {word}", "email": f"{word.lower()}@example.org"},
        "behaviour": {"description": f"Sprayed {word} on a wall.", "place": {"text": f"{word} Park"}},
        "participant": {
            "given_name": f"Corin{word}",
            "family_name": f"{word}son",
            "birth_date": f"19{60 + number}-0{1 + number}-1{number}",
            "phone": f"07700 90010{number}",
            "email": f"{word.lower()}@example.net",
            "address": f"1 {word} Row",
        },
        "affected_people": [
            {
                "reference": "ap-1",
                "kind": "person",
                "given_name": f"Ada{word}",
                "family_name": f"{word}by",
                "phone": f"07700 90020{number}",
                "permission_to_contact": True,
                "wants_updates": True,
                "code_victim": agency.endswith("police"),
            }
        ],
    }


async def _mail(world, tenant, case, word, person):
    """Put a message about the case into the mailbox, as the notifier does with a notice of the case's."""
    await world.owner.execute(
        "INSERT INTO outward_records (tenant, case_id, sequence, part, topic, key, ce_id, headers, value) "
        "VALUES ($1, $2, 1, 90, 'notices.affected-person', 'x', $3, '[]', '{}')",
        *(tenant, case, f"mail-{word}"),
    )
    await world.owner.execute(
        "INSERT INTO mailbox (ce_id, tenant, recipient, address, subject, body, at) "
        "VALUES ($1, $2, $3, $4, $5, $6, now())",
        *(f"mail-{word}", tenant, str(person), f"{word.lower()}@example.net", f"For {word}", f"Dear {word}"),
    )


async def _belongings(world):
    """Plant what providers and schemes have besides cases."""
    for provider in ("mend", "repair", "restore"):
        tenant, word = ORGANISATIONS[provider][0], f"{provider}wold"
        await world.owner.execute(
            "INSERT INTO sites VALUES ($1, $2, $3, $4, '{litter_picking}', -1.4, 52.9, true, '{}')",
            *(tenant, f"site-{word}", provider, f"The {word}"),
        )
        await world.owner.execute(
            "INSERT INTO slots VALUES ($1, $2, $3, $4, 'litter_picking', now(), now() + '2h', 4, $5)",
            *(tenant, f"slot-{word}", provider, f"site-{word}", f"supervisor-{word}"),
        )
        await world.owner.execute(
            "INSERT INTO caseworkers VALUES ($1, $2, $3, true, 9, 0, false)", *(tenant, f"worker-{word}", provider)
        )
        world.things.append(Thing(tenant=tenant, owners=frozenset({provider}), secrets=frozenset({word})))
    for tenant, word in SCHEME_WORDS.items():
        evaluators = [slug for slug, one in ORGANISATIONS.items() if one == (tenant, "evaluator")]
        study = f"{word}study"
        await world.owner.execute(
            "INSERT INTO outward_records (tenant, case_id, sequence, part, topic, key, ce_id, headers, value) VALUES "
            "($1, $2, 0, 1, 'outcomes.evaluation', $3, $4, '[[\"ce_time\", \"2026-03-01\"]]', $5)",
            *(tenant, an_id(tenant), str(an_id(study)).encode(), study, f'{{"row": "{study}"}}'.encode()),
        )
        world.things.append(Thing(tenant=tenant, owners=frozenset(evaluators), secrets=frozenset({study})))
        world.things.append(Thing(tenant=tenant, owners=None, secrets=frozenset({f"of {word}"})))
