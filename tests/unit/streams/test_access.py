from schemas.vocabulary import OrganisationKind
from streams.access import Rule, closing_rules, rules_for
from streams.tls import librdkafka_options
from tests.builders.streams import an_organisation

HOMES = an_organisation("high-peak-homes", OrganisationKind.HOUSING)


def test_an_agency_writes_its_referrals_and_reads_its_notices_in_a_group_of_its_own():
    assert set(rules_for([HOMES])) == {
        Rule("agency-high-peak-homes", "write", "topic", "referrals.housing.high-peak-homes"),
        Rule("agency-high-peak-homes", "read", "topic", "notices.housing.high-peak-homes"),
        Rule("agency-high-peak-homes", "read", "group", "agency-high-peak-homes"),
    }


def test_nobody_but_agencies_gets_a_rule():
    others = [an_organisation("p", OrganisationKind.PROVIDER), an_organisation("e", OrganisationKind.EVALUATOR)]

    assert rules_for(others) == ()


def test_no_rule_reaches_an_agency_whose_slug_begins_as_another():
    rules = rules_for([HOMES, an_organisation("high-peak-homes-two", OrganisationKind.HOUSING)])

    assert [rule for rule in rules if rule.prefix] == []
    assert len({(rule.kind, rule.name) for rule in rules}) == 6


def test_shutting_an_agency_out_forbids_both_topics_of_its_pair():
    closed = {(rule.operation, rule.name) for rule in closing_rules(HOMES) if not rule.allowed}

    assert closed == {("all", "referrals.housing.high-peak-homes"), ("all", "notices.housing.high-peak-homes")}


def test_a_rule_says_itself_in_a_line():
    assert str(Rule("agency-a", "read", "topic", "notices.", prefix=True)) == "agency-a may read on topic notices.*"
    assert str(Rule("agency-a", "all", "topic", "t", allowed=False)) == "agency-a may not all on topic t"


def test_what_librdkafka_has_no_word_for_is_left_out():
    options = {"bootstrap_servers": "b:1", "sasl_plain_username": "u", "client_id": "x"}

    assert librdkafka_options(options) == {"bootstrap.servers": "b:1", "sasl.username": "u"}
