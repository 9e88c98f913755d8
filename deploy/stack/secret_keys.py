"""Where the master key and the signing key come from: the settings, or files beside an embedded database."""

from deploy.local.errors import LocalStackError
from deploy.local.home import Home
from deploy.settings import Settings

KEY_BYTES = 32


def master_key(settings: Settings, home: Home) -> bytes:
    """Return the master key. A real database without a named key is refused: a lost file would lose its vault."""
    return _named(settings, "master_key") or _of_home(settings, home, "master_key")


def signing_key(settings: Settings, home: Home) -> bytes:
    """Return the seed of the key that signs checkpoints."""
    return _named(settings, "signing_key") or _of_home(settings, home, "signing_key")


def _named(settings: Settings, name: str) -> bytes | None:
    secret = getattr(settings, name)
    if secret is None:
        return None
    try:
        key = bytes.fromhex(secret.get_secret_value())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise LocalStackError(f"AMENDS_{name.upper()} must have {2 * KEY_BYTES} hexadecimal digits.")
    return key


def _of_home(settings: Settings, home: Home, name: str) -> bytes:
    if settings.database:
        raise LocalStackError(
            f"The settings name a database but no AMENDS_{name.upper()}. Set it to {2 * KEY_BYTES} hexadecimal digits, "
            "kept apart from the database's backups."
        )
    return home.secret(name.replace("_", "-"))
