"""Which faults a person at the terminal can mend, and the one line that says how."""

from collections.abc import Callable, Mapping
from errno import EACCES, EDQUOT, EEXIST, ENAMETOOLONG, ENOSPC, ENOTDIR, EPERM, EROFS
from typing import cast

import asyncpg
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from pydantic_settings import SettingsError

from deploy.cli.wrong_settings import SETTINGS, not_one_setting, wrong_settings
from deploy.local.errors import LocalStackError
from deploy.rehearse.places import ScenarioError
from deploy.simulate.incidents import IncidentFileError
from streams.access import MAY_NOT, AccessError
from streams.naming import WorkerNameTakenError
from streams.settings import ExactlyOnceRefusedError
from workflow.ports import StoreDownError
from workflow.schemes import SchemeError
from workflow.store.migrate import NewerSchemaError
from workflow.store.reference import SlugTakenError

NO_DATABASE = "The database does not answer. Check the AMENDS_DATABASE settings, and that it runs."
# What the disk refuses is the operator's to mend; a file of ours that is missing is not.
OF_THE_DISK = frozenset({EACCES, EDQUOT, EEXIST, ENAMETOOLONG, ENOSPC, ENOTDIR, EPERM, EROFS})


def _no_rules(error: BaseException) -> str:
    """Say what to change for the codes that an operator meets."""
    remedies = {
        "SECURITY_DISABLED": "It has no authorizer: set AMENDS_KAFKA__AUTHORIZER=false, or give it one.",
        MAY_NOT: "The user of AMENDS_KAFKA__OPTIONS needs ALTER and DESCRIBE on the cluster.",
    }
    code = cast("AccessError", error).code
    return f"The broker refused the access rules ({code}). {remedies.get(code, 'See that it runs.')}"


def _refused_by_the_disk(error: BaseException) -> str | None:
    found = cast("OSError", error)
    return f"{found.filename}: {found.strerror}." if found.errno in OF_THE_DISK and found.filename else None


LINES: Mapping[type[BaseException], Callable[[BaseException], str | None]] = {
    LocalStackError: str,
    NewerSchemaError: str,
    SchemeError: str,
    IncidentFileError: str,
    ScenarioError: str,
    ValidationError: lambda error: wrong_settings(cast("ValidationError", error)),
    SettingsError: not_one_setting,
    ExactlyOnceRefusedError: lambda _: f"{SETTINGS} AMENDS_ENGINE__PROCESSING_GUARANTEE can only be at_least_once.",
    WorkerNameTakenError: lambda error: f"A worker named {error} is running. Stop it, or choose another --name.",
    SlugTakenError: lambda error: f"The slug {error} belongs to another scheme, or to another kind of organisation.",
    asyncpg.InvalidPasswordError: lambda _: "The database refused the password. Check the AMENDS_DATABASE settings.",
    asyncpg.InsufficientPrivilegeError: lambda _: (
        "The database role may not do that. Run `amends migrate`; each AMENDS_DATABASE setting names its role."
    ),
    asyncpg.CannotConnectNowError: lambda _: "The database is starting or stopping. Try again in a moment.",
    asyncpg.PostgresConnectionError: lambda _: NO_DATABASE,
    StoreDownError: lambda _: NO_DATABASE,
    AccessError: _no_rules,
    KafkaError: lambda error: f"The broker does not do what is asked of it ({type(error).__name__}). See that it runs.",
    ConnectionRefusedError: lambda _: "Nothing answers there. Check that the database and the broker are running.",
    OSError: _refused_by_the_disk,
}


def plain_line(error: BaseException) -> str | None:
    """Return the line for a fault that a person can mend, or None for one of ours."""
    if isinstance(error, BaseExceptionGroup):
        lines = [plain_line(inner) for inner in error.exceptions]
        return lines[0] if lines and all(lines) else None
    say = next((say for kind, say in LINES.items() if isinstance(error, kind)), None)
    line = say(error) if say else None
    return " ".join(line.split()) if line else None
