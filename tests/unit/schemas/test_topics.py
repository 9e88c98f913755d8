"""A topic's name says whose it is: agencies' pairs never coincide, and words are hyphenated (contracts section 1)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import topics
from schemas.vocabulary import AgencyKind

SLUGS = st.from_regex(r"[a-z]+(-[a-z]+)*", fullmatch=True)
KINDS = st.sampled_from(AgencyKind)
# What Apache Kafka takes for a topic's name.
LEGAL = re.compile(r"[a-zA-Z0-9._-]{1,249}")
STANDING = (
    topics.CASE_COMMANDS,
    topics.CASE_EVENTS,
    topics.NOTICES_AFFECTED_PERSON,
    topics.NOTICES_PARTICIPANT,
    topics.OUTCOMES_EVALUATION,
    topics.AUDIT_CHECKPOINTS,
    topics.DEAD_LETTERS,
)


def test_the_standing_topics_are_those_of_the_contracts():
    assert STANDING == (
        "case.commands",
        "case.events",
        "notices.affected-person",
        "notices.participant",
        "outcomes.evaluation",
        "audit.checkpoints",
        "dead-letters",
    )


@pytest.mark.parametrize(
    ("kind", "word"),
    [(AgencyKind.POLICE, "police"), (AgencyKind.YOUTH_JUSTICE, "youth-justice"), (AgencyKind.HOUSING, "housing")],
)
def test_an_agency_writes_one_topic_and_reads_another(kind, word):
    assert topics.referrals(kind, "an-agency") == f"referrals.{word}.an-agency"
    assert topics.notices(kind, "an-agency") == f"notices.{word}.an-agency"


def test_the_standing_study_has_a_topic_like_any_other():
    assert topics.outcomes("evaluation") == topics.OUTCOMES_EVALUATION


def test_a_word_of_the_vocabulary_is_hyphenated_in_a_topic():
    assert topics.hyphened("affected_person_contact") == "affected-person-contact"


@given(KINDS, SLUGS, KINDS, SLUGS)
def test_two_agencies_never_share_a_topic(kind, slug, other_kind, other_slug):
    mine = {topics.referrals(kind, slug), topics.notices(kind, slug)}
    theirs = {topics.referrals(other_kind, other_slug), topics.notices(other_kind, other_slug)}

    assert (kind, slug) == (other_kind, other_slug) or mine.isdisjoint(theirs)


@given(KINDS, SLUGS)
def test_no_agencys_topic_is_one_of_the_standing_ones(kind, slug):
    assert {topics.referrals(kind, slug), topics.notices(kind, slug)}.isdisjoint(STANDING)


@given(KINDS, st.from_regex(r"[a-z]{1,20}(-[a-z]{1,20}){0,3}", fullmatch=True))
def test_every_topic_has_a_name_that_the_broker_takes(kind, slug):
    for name in (topics.referrals(kind, slug), topics.notices(kind, slug), topics.outcomes(slug), *STANDING):
        assert LEGAL.fullmatch(name)
