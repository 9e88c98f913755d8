"""The command line gives an agency what it may do on Kafka, takes it away, and gives it back."""

import json

import pytest

from deploy.local.home import Home
from deploy.local.kafka import KafkaBroker, find_kafka
from deploy.local.kafka_access import add_scram_user
from deploy.settings import KafkaSettings, Settings
from tests.builders.cli import run_cli
from tests.builders.kafka import NEEDS_KAFKA, a_guarded_kafka, reads, writes
from tests.databases import KEYS

ONE_DATABASE = pytest.mark.parametrize("database", ["embedded"], indirect=True)
pytestmark = [pytest.mark.connected, pytest.mark.slow, ONE_DATABASE, *NEEDS_KAFKA]

HOMES = ("high-peak-homes", "--kind", "housing", "--name", "High Peak Homes", "--tenant", "derbyshire")
USER, SECRET = "agency-high-peak-homes", "agency-high-peak-homes-password"
THEIRS, OURS = "referrals.housing.high-peak-homes", "notices.housing.high-peak-homes"


@pytest.fixture
async def kafka(tmp_path):
    broker = await a_guarded_kafka(tmp_path)
    try:
        await add_scram_user(broker, USER, SECRET)
        yield broker
    finally:
        await broker.stop()


def settings_on(broker, database, home, *, authorizer):
    client = {name: value for name, value in broker.client_options().items() if name != "bootstrap_servers"}
    return Settings(
        home=home,
        database={"amends_owner": database.owner, "amends_worker": database.worker},
        master_key=KEYS.master.hex(),
        kafka=KafkaSettings(
            bootstrap=broker.bootstrap, options=client, authorizer=authorizer, inbound_partitions=1, case_partitions=1
        ),
    )


@pytest.fixture
def settings(kafka, empty_database, tmp_path):
    return settings_on(kafka, empty_database, tmp_path, authorizer=True)


async def organisations(settings, *words):
    done = await run_cli(settings, "organisations", *words)
    assert (done.status, done.errors) == (0, [])
    return done.said


async def states(settings):
    listed = json.loads(await organisations(settings, "access", "list", "--json"))
    return {(row["principal"], row["may"], row["on"]): row["state"] for row in listed}


async def may_use(kafka):
    options = kafka.client_options(USER, SECRET)
    return await writes(options, THEIRS), await reads(options, OURS)


async def test_registering_an_agency_makes_its_rules_and_says_its_name(settings, kafka):
    said = await organisations(settings, "register", *HOMES)
    again = await run_cli(settings, "topics", "create")
    await writes(kafka.client_options(), OURS)

    assert f"On Kafka its user and its consumer group are named {USER}." in said.splitlines()
    assert again.said == "Everything is there.\n"
    assert await states(settings) == {
        (USER, "write", f"topic {THEIRS}"): "in force",
        (USER, "read", f"topic {OURS}"): "in force",
        (USER, "read", f"group {USER}"): "in force",
    }
    assert await may_use(kafka) == (True, True)


async def test_an_agency_that_was_shut_out_stays_out_until_it_is_let_in_again(settings, kafka):
    await organisations(settings, "register", *HOMES)
    await writes(kafka.client_options(), OURS)

    await organisations(settings, "access", "revoke", HOMES[0])
    await run_cli(settings, "topics", "create")
    shut, shown = await may_use(kafka), await states(settings)
    await organisations(settings, "access", "restore", HOMES[0])

    assert shut == (False, False)
    assert shown[USER, "write", f"topic {THEIRS}"] == shown[USER, "read", f"topic {OURS}"] == "revoked"
    assert await may_use(kafka) == (True, True)


async def test_a_cluster_without_an_authorizer_is_said_in_one_line(empty_database, tmp_path):
    home = Home(tmp_path)
    broker = KafkaBroker(
        folder=home.kafka, lib=find_kafka(), log_path=home.log("kafka"), pid_path=home.run / "kafka.pid"
    )
    await broker.start()
    try:
        trusting = settings_on(broker, empty_database, tmp_path, authorizer=True)
        refused = await run_cli(trusting, "organisations", "register", *HOMES)
        plain = settings_on(broker, empty_database, tmp_path, authorizer=False)
        told = await organisations(plain, "register", *HOMES)
        listed = await run_cli(plain, "organisations", "access", "list")
    finally:
        await broker.stop()

    assert (refused.status, len(refused.errors)) == (2, 1)
    assert "AMENDS_KAFKA__AUTHORIZER=false" in refused.errors[0]
    assert "whoever reaches the broker can read and write" in told
    assert (listed.status, len(listed.errors)) == (2, 1)


async def test_a_user_who_may_not_make_rules_is_told_what_he_needs(settings, kafka):
    await organisations(settings, "register", *HOMES)
    as_agency = kafka.client_options(USER, SECRET)
    as_agency.pop("bootstrap_servers")
    weak = settings.model_copy(update={"kafka": settings.kafka.model_copy(update={"options": as_agency})})

    done = await run_cli(weak, "organisations", "access", "list")

    assert (done.status, len(done.errors)) == (2, 1)
    assert "needs ALTER and DESCRIBE" in done.errors[0]
