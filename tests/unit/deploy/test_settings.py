from ssl import CERT_REQUIRED

import pytest
from pydantic import ValidationError

from deploy.settings import Settings, environment_of
from streams.failpoints import Failpoints, UnknownFailpointError
from streams.settings import Broker, ExactlyOnceRefusedError


@pytest.fixture
def environment(monkeypatch):
    def put(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


def test_the_environment_says_where_everything_is(environment):
    environment(
        AMENDS_KAFKA__BOOTSTRAP="broker:9092",
        AMENDS_KAFKA__BROKER="tansu",
        AMENDS_KAFKA__OPTIONS='{"security_protocol": "PLAINTEXT"}',
        AMENDS_DATABASE__AMENDS_WORKER="postgresql://w@db/amends",
        AMENDS_WORKER="worker-7",
    )

    settings = Settings()

    assert settings.dsn("amends_worker") == "postgresql://w@db/amends"
    assert settings.streams().broker is Broker.TANSU
    assert settings.streams().connection() == {"bootstrap_servers": "broker:9092", "security_protocol": "PLAINTEXT"}
    assert settings.streams().worker == "worker-7"


def test_another_process_reads_the_same_settings_from_the_environment_made_for_it(environment):
    environment(
        AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_MAIL__HOST="mail", AMENDS_MAIL__PASSWORD="x", AMENDS_MASTER_KEY="0A" * 32
    )
    settings = Settings()

    environment(**environment_of(settings))

    assert Settings().model_dump() | {"home": None} == settings.model_dump() | {"home": None}


def test_exactly_once_is_refused_because_it_crashes_faust(environment):
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_ENGINE__PROCESSING_GUARANTEE="exactly_once")

    with pytest.raises(ExactlyOnceRefusedError):
        Settings().streams()


def test_a_minute_of_failover_is_refused(environment):
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__SESSION_TIMEOUT_MS="60000")

    with pytest.raises(ValidationError):
        Settings()


def test_an_embedded_broker_with_access_rules_is_refused_because_it_has_none(environment):
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__BROKER="tansu", AMENDS_KAFKA__AUTHORIZER="true")

    with pytest.raises(ValidationError, match="no authorizer"):
        Settings()


def test_what_is_not_named_is_asked_for_by_the_name_of_its_setting():
    with pytest.raises(ValueError, match="AMENDS_DATABASE__AMENDS_PORTAL"):
        Settings().dsn("amends_portal")
    with pytest.raises(ValueError, match="AMENDS_KAFKA__BOOTSTRAP"):
        Settings().streams()


def test_no_secret_stands_in_what_settings_show_of_themselves(environment):
    environment(
        AMENDS_KAFKA__BOOTSTRAP="b:1",
        AMENDS_KAFKA__OPTIONS='{"sasl_plain_password": "hush"}',
        AMENDS_DATABASE__AMENDS_WORKER="postgresql://w:hush@db/amends",
        AMENDS_MASTER_KEY="ca5e" * 16,
        AMENDS_MAIL__HOST="mail",
        AMENDS_MAIL__PASSWORD="hush",
    )

    settings = Settings()

    assert all(word not in repr(settings) + repr(settings.streams()) for word in ("hush", "ca5e"))


def test_a_failpoint_dies_at_its_nth_pass_and_never_where_it_is_not_allowed():
    deaths = []
    point = Failpoints("after_commit:2", allowed=True, die=lambda: deaths.append("dead"))
    harmless = Failpoints("after_commit:1", allowed=False, die=lambda: deaths.append("dead"))

    for name in ("after_commit", "before_sql", "after_commit", "after_commit"):
        point(name)
        harmless(name)

    assert deaths == ["dead"]


def test_a_failpoint_that_no_code_passes_is_refused():
    with pytest.raises(UnknownFailpointError):
        Failpoints("after_lunch", allowed=True)


def test_files_for_tls_are_refused_where_no_tls_is_spoken(environment, tmp_path):
    trusted = tmp_path / "trusted.crt"
    trusted.write_text("")
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__CA_FILE=str(trusted))

    with pytest.raises(ValidationError, match="not SASL_SSL or SSL"):
        Settings()


def test_a_file_for_tls_that_is_not_there_is_named(environment, tmp_path):
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__CA_FILE=str(tmp_path / "gone.crt"))

    with pytest.raises(ValidationError, match=r"kafka\.ca_file"):
        Settings()


def test_under_tls_the_system_vouches_unless_files_are_named(environment):
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__OPTIONS='{"security_protocol": "SSL"}')

    context = Settings().streams().connection()["ssl_context"]

    assert (context.verify_mode, context.check_hostname) == (CERT_REQUIRED, True)


def test_a_key_without_its_certificate_is_refused(environment, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text("")
    environment(AMENDS_KAFKA__BOOTSTRAP="b:1", AMENDS_KAFKA__OPTIONS='{"security_protocol": "SSL"}')
    environment(AMENDS_KAFKA__KEY_FILE=str(key))

    with pytest.raises(ValidationError, match="which is not named"):
        Settings()
