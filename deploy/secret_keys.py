"""Where the master key comes from: the settings, or a file beside an embedded database. Other keys follow from it."""

from deploy.local.errors import LocalStackError
from deploy.local.home import Home, write_private
from deploy.settings import KEY_BYTES, Settings

FILE = "master-key"


def master_key(settings: Settings, home: Home) -> bytes:
    """Return the master key. A real database without a named key is refused: a lost file would lose its vault."""
    if settings.master_key is not None:
        return bytes.fromhex(settings.master_key.get_secret_value())
    if settings.database:
        raise LocalStackError(
            f"The settings name a database but no AMENDS_MASTER_KEY. Set it to {2 * KEY_BYTES} hexadecimal digits, "
            "kept apart from the database's backups."
        )
    return home.secret(FILE)


def keep_master_key(home: Home, key: bytes) -> None:
    """Keep a key that was handed in, so that later commands open the same vault; another key there is refused."""
    home.ensure()
    path = home.secrets / FILE
    if not path.exists():
        write_private(path, key.hex())
    elif home.secret(FILE) != key:
        raise LocalStackError(f"The data in {home.path} is sealed under another master key. Choose another home.")
