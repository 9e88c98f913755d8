"""The portal's own ports in memory: they show what row security would show."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid5

from schemas.vocabulary import ENDED_STATES, OrganisationKind, Role
from tests.fakes.store import FakeClock, FakeStore
from workflow.case.parties import goes_on_in, token_of
from workflow.portal.signing_in import hash_password
from workflow.portal_ports import Account, Engagement, OutcomePage, Readings, WebSession

NAMESPACE = UUID("00000000-0000-4000-8000-0000000000f0")
PASSWORD = "an invented password of some length"
HASH = hash_password(PASSWORD)
K = OrganisationKind


def an_id(*parts):
    """The same id for the same parts."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


class FakeReading:  # noqa: PLR0904 - a read a page, as the port says
    """Reads the fake store's shelves as row security would let the caller."""

    def __init__(self, kept):
        self._kept = kept
        self.mails = []
        self.released = {}

    @asynccontextmanager
    async def together(self, caller):
        yield self

    def _sees(self, caller, case):
        if case.tenant != caller.tenant:
            return False
        if caller.kind is K.PROVIDER:
            return caller.organisation in {case.provider, case.transfer_to}
        return any(r.agency == caller.organisation for r in case.referrers) or (
            case.clearance_agency == caller.organisation
        )

    def _all(self, caller):
        return sorted(
            (case for case in self._kept.cases.values() if self._sees(caller, case)), key=lambda case: case.id
        )

    async def case(self, caller, case_id):
        return next((case for case in self._all(caller) if case.id == case_id), None)

    def _message(self, caller, message_id):
        wanted = (caller.tenant, caller.organisation, str(message_id))
        found = (
            seen for key, seen in self._kept.messages.items() if (key.tenant, key.source, key.message_id) == wanted
        )
        return next(found, None)

    async def case_of_message(self, caller, message_id):
        seen = self._message(caller, message_id)
        return seen.case_id if seen else None

    async def receipt(self, caller, message_id):
        seen = self._message(caller, message_id)
        return seen.reply if seen else None

    async def case_of_token(self, caller, token):
        known = [case for case in self._all(caller) if token_of(case, caller.organisation) == token]
        return min(((goes_on_in(case) is not None, case.id) for case in known), default=(None, None))[1]

    async def cases(self, caller, wanted):
        found = [
            case
            for case in self._all(caller)
            if wanted.state in {None, case.state}
            and wanted.caseworker in {None, case.caseworker}
            and (wanted.after is None or case.id > wanted.after)
            and not (wanted.open_only and case.state in ENDED_STATES)
            and (caller.kind is K.PROVIDER or goes_on_in(case) is None)
        ]
        return found[: wanted.limit]

    async def history(self, caller, case_id):
        case = await self.case(caller, case_id)
        return tuple(self._kept.events[case.tenant, case.id]) if case else ()

    async def due(self, caller, case_ids):
        found = {}
        for (tenant, case_id, name), timer in self._kept.timers.items():
            if tenant == caller.tenant and case_id in case_ids:
                found.setdefault(case_id, {})[name] = timer.due_at
        return found

    async def organisations(self, caller):
        every = sorted(self._kept.organisations.values(), key=lambda one: one.slug)
        return [one for one in every if one.tenant == caller.tenant]

    def _own(self, caller, shelf):
        return [
            one
            for (tenant, _), one in sorted(shelf.items())
            if (tenant, one.provider) == (caller.tenant, caller.organisation)
        ]

    async def sites(self, caller):
        return self._own(caller, self._kept.sites)

    async def slots(self, caller, wanted):
        async with FakeStore.work(_Over(self._kept), caller.tenant) as work:
            slots = (
                await work.slots(caller.tenant, [slot.id for slot in self._own(caller, self._kept.slots)])
            ).values()
        found = [
            slot
            for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.id))
            if (wanted.starting is None or slot.starts_at >= wanted.starting)
            and (wanted.until is None or slot.starts_at < wanted.until)
            and (wanted.free is None or (len(slot.taken) < slot.capacity) is wanted.free)
            and (wanted.after is None or (slot.starts_at, slot.id) > wanted.after)
        ]
        return found[: wanted.limit]

    async def caseworkers(self, caller):
        return self._own(caller, self._kept.caseworkers)

    async def mail(self, caller, *, limit):
        people = {str(token) for case in self._all(caller) for token in (case.participant, *_affected(case))}
        return [mail for tenant, mail in self.mails if tenant == caller.tenant and mail.recipient in people][:limit]

    async def outcomes(self, caller, study, after, *, limit):
        rows = sorted(self.released.get((caller.tenant, study), {}).items())
        page = [(token, value) for token, value in rows if after is None or token > after][:limit]
        return OutcomePage(rows=tuple(value for _, value in page), last=page[-1][0] if page else None)


def _affected(case):
    return (one.token for one in case.affected)


class _Over:
    """The fake store over given shelves."""

    def __init__(self, kept):
        self.kept = kept
        self.clock = FakeClock()


class FakeAccounts:  # noqa: PLR0904 - as the port says
    """Accounts in memory; `at` is the database's clock."""

    def __init__(self):
        self.at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        self.users = {}
        self.failures = {}
        self.locked_until = {}
        self.engaged = []
        self.sessions = {}
        self.credentials = {}

    async def account(self, login):
        found = self.users.get(login.casefold())
        if found is None:
            return None
        locked = self.locked_until.get(found, self.at) > self.at
        return Account(id=found, login=login, password_hash=HASH, locked=locked)

    async def sign_in_failed(self, user_id, *, most, lock_for):
        self.failures[user_id] = self.failures.get(user_id, 0) + 1
        if self.failures[user_id] >= most:
            self.failures[user_id] = 0
            self.locked_until[user_id] = self.at + lock_for

    async def sign_in_succeeded(self, user_id):
        self.failures.pop(user_id, None)
        self.locked_until.pop(user_id, None)

    async def engagements(self, user_id):
        return tuple(one for one in self.engaged if one.user_id == user_id)

    async def open_session(self, token_hash, user_id, csrf, *, engagement, lasts):
        self.sessions[token_hash] = (user_id, csrf, engagement, self.at + lasts)

    async def session(self, token_hash):
        found = self.sessions.get(token_hash)
        if found is None or found[3] <= self.at:
            return None
        user_id, csrf, chosen, _ = found
        mine = await self.engagements(user_id)
        return WebSession(user_id=user_id, csrf=csrf, engagement=next((e for e in mine if e.id == chosen), None))

    async def choose(self, token_hash, engagement):
        user_id, csrf, _, until = self.sessions[token_hash]
        self.sessions[token_hash] = (user_id, csrf, engagement, until)

    async def close_session(self, token_hash):
        self.sessions.pop(token_hash, None)

    async def credential(self, credential_id):
        return self.credentials.get(credential_id)

    def engage(self, login, role, organisation):
        user_id = self.users.setdefault(login, an_id("user", login))
        self.engaged.append(
            Engagement(
                id=an_id("engagement", login, role, organisation.slug),
                user_id=user_id,
                tenant=organisation.tenant,
                organisation=organisation.slug,
                organisation_name=organisation.name,
                kind=organisation.kind,
                role=Role(role),
                staff_id=login,
            )
        )


class FakeLogbook:
    """Notes in memory."""

    def __init__(self):
        self.consultations = []
        self.denials = []

    async def consulted(self, caller, consulted):
        self.consultations.append((caller, consulted))

    async def denied(self, caller, what, at):
        self.denials.append((caller, what, at))


class FakeReadiness:
    """Says what it was told."""

    def __init__(self):
        self.says = Readings()

    async def readings(self, tenants):
        return self.says
