"""What the portal is given; it opens nothing and reads no setting itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe

from workflow.handlers.gathering import Rulebook
from workflow.handlers.office import Office
from workflow.portal.signing_in import SignIn
from workflow.portal_ports import Accounts, Logbook, Readiness, Reading
from workflow.ports import Clock, IdSource, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """Limits of sign-in and readiness. `secure_cookies` is on wherever the portal is reached by https."""

    secure_cookies: bool = False
    session_lasts: timedelta = timedelta(hours=9)
    most_outbox_age: timedelta = timedelta(seconds=60)
    most_timer_lateness: timedelta = timedelta(seconds=60)
    most_lag: int = 10_000
    most_lag_age: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalParts:
    """Everything the portal needs of the world. `secret` makes random text that nobody can guess."""

    office: Office
    store: Store
    book: Rulebook
    ids: IdSource
    clock: Clock
    reading: Reading
    readiness: Readiness
    accounts: Accounts
    logbook: Logbook
    sign_in: SignIn
    settings: PortalSettings = field(default_factory=PortalSettings)
    secret: Callable[[], str] = token_urlsafe
