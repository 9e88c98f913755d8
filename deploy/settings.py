"""Every setting, read in one place: the environment, under `AMENDS_`. Nothing else of ours reads it."""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FilePath, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from deploy.sound_values import HIGHEST_PORT, sound_bootstrap, sound_dsn, sound_name, sound_options
from schemas.problems import nearest
from streams.failpoints import NAMES, Failpoints
from streams.settings import Broker, Mail, StreamSettings
from streams.tls import PROTOCOLS, Tls

ROLES = ("amends_owner", "amends_worker", "amends_portal", "amends_auditor")
KEY_BYTES = 32

Port = Annotated[int, Field(ge=1, le=HIGHEST_PORT)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Name = Annotated[str, AfterValidator(sound_name)]
Text = Annotated[str, Field(pattern=r"^\S+$")]


def database_setting(role: str) -> str:
    """Return the name of the setting that holds the database's address for a role."""
    return f"AMENDS_DATABASE__{role.upper()}"


class MailSettings(BaseModel):
    """`AMENDS_MAIL__HOST` and so on: where messages to people leave; without a host they stay in the mailbox."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Text
    port: Port = 25
    sender: Text = "no-reply@localhost"
    user: str | None = None
    password: SecretStr | None = None
    start_tls: bool = False

    def mail(self) -> Mail:
        """Return it as the streams take it."""
        password = self.password.get_secret_value() if self.password else None
        return Mail(**self.model_dump(exclude={"password"}), password=password)


class KafkaSettings(BaseModel):
    """`AMENDS_KAFKA__BOOTSTRAP` and so on: the broker, and aiokafka's connection options besides its address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: Annotated[str, AfterValidator(sound_bootstrap)]
    broker: Broker = Broker.KAFKA
    options: Annotated[dict[str, Any], NoDecode] = Field(default_factory=dict, repr=False)
    ca_file: FilePath | None = None
    certificate_file: FilePath | None = None
    key_file: FilePath | None = None
    authorizer: bool = False
    group: Name = "amends"
    replication: Annotated[int, Field(ge=1)] = 1
    inbound_partitions: Annotated[int, Field(ge=1)] = 3
    case_partitions: Annotated[int, Field(ge=1)] = 12
    session_timeout_ms: Annotated[int, Field(ge=6_000, le=10_000)] = 6_000
    heartbeat_ms: Annotated[int, Field(ge=1_000, le=2_000)] = 1_500

    @field_validator("options", mode="before")
    @classmethod
    def _as_json(cls, options: object) -> object:
        try:
            return json.loads(options) if isinstance(options, str) else options
        except ValueError:
            raise ValueError('it is not JSON; write it like {"security_protocol": "SASL_SSL"}') from None

    @field_validator("options")
    @classmethod
    def _every_client_takes_them(cls, options: dict[str, Any]) -> dict[str, Any]:
        sound_options(options)
        return options

    @model_validator(mode="after")
    def _keeps_what_it_promises(self) -> Self:
        if self.authorizer and self.broker is Broker.TANSU:
            raise ValueError("the embedded broker has no authorizer")
        return self

    @model_validator(mode="after")
    def _tls_fits(self) -> Self:
        files = (self.ca_file, self.certificate_file, self.key_file)
        protocol = self.options.get("security_protocol", "PLAINTEXT")
        if protocol not in PROTOCOLS and any(files):
            raise ValueError(
                f"files for TLS are named, but options say security_protocol {protocol}, not SASL_SSL or SSL"
            )
        if self.key_file and not self.certificate_file:
            raise ValueError("key_file is the key of certificate_file, which is not named")
        try:
            self.tls()
        except OSError as error:  # what the ssl module raises is one
            raise ValueError(f"a file for TLS is not what it should be: {error}") from error
        return self

    def tls(self) -> Tls | None:
        """Return how TLS is spoken; None where it is not. OSError when a file is of no use."""
        if self.options.get("security_protocol") not in PROTOCOLS:
            return None
        tls = Tls(ca_file=self.ca_file, certificate_file=self.certificate_file, key_file=self.key_file)
        tls.context()
        return tls


class EngineSettings(BaseModel):
    """`AMENDS_ENGINE__BATCH` and so on: how a worker works."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    web_port: Port | None = Field(default=None, description="Faust's own pages; left out, they are not served.")
    batch: Annotated[int, Field(ge=1, le=1000)] = 100
    pool: Annotated[int, Field(ge=4)] = 24
    watchdog_s: Seconds = 30.0
    lease_s: Seconds = 8.0
    sweep_s: Seconds = 1.0
    checkpoint_minutes: Annotated[int, Field(ge=1)] = 10
    processing_guarantee: str = "at_least_once"
    failpoint: str | None = Field(default=None, description="NAME:N kills the worker at the N-th pass of a point.")
    failpoints_allowed: bool = False

    @model_validator(mode="after")
    def _a_failpoint_that_there_is(self) -> Self:
        try:
            Failpoints(self.failpoint, allowed=self.failpoints_allowed)
        except ValueError:
            raise ValueError(f"failpoint is NAME or NAME:N, of {', '.join(sorted(NAMES))}") from None
        return self


class PortalSettings(BaseModel):
    """`AMENDS_PORTAL__PORT` and so on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Text = "127.0.0.1"
    port: Port = 8080
    secure_cookies: bool = False
    pool: Annotated[int, Field(ge=2)] = 10


class Settings(BaseSettings):
    """What `AMENDS_...` says. A database is a DSN a role: `AMENDS_DATABASE__AMENDS_WORKER` and its three sisters."""

    model_config = SettingsConfigDict(
        env_prefix="AMENDS_",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    home: Path = Path(".amends")
    database: dict[str, Annotated[str, AfterValidator(sound_dsn)]] = Field(default_factory=dict, repr=False)
    kafka: KafkaSettings | None = None
    master_key: SecretStr | None = Field(default=None, description="64 hexadecimal digits; else a file in the home.")
    worker: Name = Field(default_factory=socket.gethostname, description="Two workers of one name do not run at once.")
    engine: EngineSettings = Field(default_factory=EngineSettings)
    portal: PortalSettings = Field(default_factory=PortalSettings)
    mail: MailSettings | None = None

    @field_validator("database", mode="before")
    @classmethod
    def _of_known_roles(cls, database: object) -> object:
        for role in database if isinstance(database, dict) else ():
            if role not in ROLES:
                near = nearest(role, ROLES) or ROLES[1]
                raise ValueError(
                    f"it has an address a role and none for {role}; did you mean {database_setting(near)}?"
                )
        return database

    @field_validator("master_key")
    @classmethod
    def _of_whole_bytes(cls, key: SecretStr | None) -> SecretStr | None:
        text = key.get_secret_value() if key else "00" * KEY_BYTES
        if len(text) != 2 * KEY_BYTES or not all(letter in "0123456789abcdefABCDEF" for letter in text):
            raise ValueError(f"it must have {2 * KEY_BYTES} hexadecimal digits")
        return key

    @model_validator(mode="after")
    def _no_part_is_misspelt(self) -> Self:
        """Refuse AMENDS_KAFKA_... of an unknown part: pydantic would pass over it in silence."""
        parts = tuple(type(self).model_fields)
        for name in sorted(os.environ):
            part, delimiter, rest = name.removeprefix("AMENDS_").partition("__")
            if name.startswith("AMENDS_") and delimiter and part.lower() not in parts:
                near = nearest(part, parts)
                guess = f"; did you mean AMENDS_{near.upper()}__{rest}?" if near else ""
                raise ValueError(f"there is no setting {name}{guess}")
        return self

    def streams(self) -> StreamSettings:
        """Return the settings of the streams; ValueError when no broker is named or a setting would lose records."""
        if self.kafka is None:
            raise ValueError("No broker is named: set AMENDS_KAFKA__BOOTSTRAP.")
        kafka, engine = self.kafka, self.engine
        return StreamSettings(
            bootstrap=kafka.bootstrap,
            broker=kafka.broker,
            client=kafka.options,
            tls=kafka.tls(),
            authorizer=kafka.authorizer,
            group=kafka.group,
            replication=kafka.replication,
            inbound_partitions=kafka.inbound_partitions,
            case_partitions=kafka.case_partitions,
            session_timeout_ms=kafka.session_timeout_ms,
            heartbeat_ms=kafka.heartbeat_ms,
            data_folder=self.home.absolute() / "worker" / self.worker,
            checkpoint_file=self.home.absolute() / "checkpoints.jsonl",
            worker=self.worker,
            web_port=engine.web_port,
            batch_most=engine.batch,
            watchdog_s=engine.watchdog_s,
            lease_s=engine.lease_s,
            sweep_s=engine.sweep_s,
            checkpoint_minutes=engine.checkpoint_minutes,
            processing_guarantee=engine.processing_guarantee,
            failpoint=engine.failpoint,
            failpoints_allowed=engine.failpoints_allowed,
            mail=self.mail.mail() if self.mail else None,
        )

    def dsn(self, role: str) -> str:
        """Return the address of the database for a role; ValueError when it is not set."""
        if role not in ROLES:
            raise ValueError(f"{role} is none of {', '.join(ROLES)}.")
        found = self.database.get(role.lower())
        if not found:
            raise ValueError(f"No database is named for {role}: set {database_setting(role)}.")
        return found


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment under which another process of ours reads the same settings."""
    found = {"AMENDS_HOME": str(settings.home.absolute()), "AMENDS_WORKER": settings.worker}
    found |= {f"AMENDS_DATABASE__{role.upper()}": dsn for role, dsn in settings.database.items()}
    if settings.master_key is not None:
        found["AMENDS_MASTER_KEY"] = settings.master_key.get_secret_value()
    for name in ("kafka", "engine", "portal", "mail"):
        part = getattr(settings, name)
        if part is not None:
            found |= {f"AMENDS_{name.upper()}__{key.upper()}": _text(value) for key, value in _set(part)}
    return found


def _set(part: BaseModel) -> list[tuple[str, Any]]:
    return [(name, getattr(part, name)) for name in type(part).model_fields if getattr(part, name) is not None]


def _text(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, str | Path) else json.dumps(value)


def environment() -> Mapping[str, str]:
    """Return all that the environment says, settings of ours or not."""
    return MappingProxyType(dict(os.environ))
