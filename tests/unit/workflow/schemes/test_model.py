from datetime import date, time

import pytest
from pydantic import ValidationError

from schemas.vocabulary import ActivityKind, AgeBand, Basis, ClockOrigin, Door, Purpose, Responsibility
from workflow.schemes.confirmation import is_verified, unverified_values
from workflow.schemes.problems import SchemeError
from workflow.schemes.reading import packaged_schemes
from workflow.schemes.words import Channel, ChoiceRoot, ClearanceRule, LadderStep

DEMO_DAY = date(2026, 3, 2)
DERBYSHIRE = packaged_schemes()["derbyshire"]
POLICY = DERBYSHIRE.on(DEMO_DAY)
DURHAM = packaged_schemes()["durham"].on(DEMO_DAY)
CRIME = {
    *(Basis.COMMUNITY_RESOLUTION, Basis.OUTCOME_22, Basis.OUTCOME_23),
    *(Basis.ADULT_CONDITIONAL_CAUTION, Basis.YOUTH_CONDITIONAL_CAUTION),
}
NO_CRIME = {Basis.ABC, Basis.CPW, Basis.TENANCY_WARNING, Basis.SECOND_ASB_LETTER, Basis.HOUSING_REFERRAL}


@pytest.mark.parametrize(("door", "bases"), [(Door.CRIME_OOCR, CRIME), (Door.NO_CRIME, NO_CRIME)])
def test_derbyshire_admits_its_bases_each_on_its_own_door(door, bases):
    admitted = {basis for basis in Basis if POLICY.admits(door=door, basis=basis, day=DEMO_DAY)}

    assert admitted == bases


def test_nothing_that_derbyshire_admits_is_confirmed_yet():
    paths = {value.path for value in unverified_values(POLICY)}

    assert {f"bases.{basis}.admitted_from" for basis in CRIME | NO_CRIME} <= paths


def test_outcome_23_is_admitted_from_february_2026():
    before, since = DERBYSHIRE.on(date(2026, 1, 31)), DERBYSHIRE.on(date(2026, 2, 1))
    asked = {"door": Door.CRIME_OOCR, "basis": Basis.OUTCOME_23}

    assert not before.admits(**asked, day=date(2026, 1, 31))
    assert since.admits(**asked, day=date(2026, 2, 1))


def test_a_door_and_a_basis_hold_within_their_dates_only():
    shut = POLICY.with_overrides({"doors.no_crime.admitted_until": "2026-03-01"})
    ended = POLICY.with_overrides({"bases.abc.admitted_until": "2026-03-01"})

    assert not shut.admits(door=Door.NO_CRIME, basis=Basis.CPW, day=DEMO_DAY)
    assert not ended.admits(door=Door.NO_CRIME, basis=Basis.ABC, day=DEMO_DAY)
    assert ended.admits(door=Door.NO_CRIME, basis=Basis.ABC, day=date(2026, 3, 1))


def test_the_basis_decides_whether_an_admission_is_needed():
    denial = {basis for basis, policy in POLICY.bases.items() if policy.accepts(Responsibility.DENIES)}

    assert denial == NO_CRIME | {Basis.OUTCOME_22, Basis.OUTCOME_23}
    assert not POLICY.bases[Basis.ADULT_CONDITIONAL_CAUTION].accepts(Responsibility.ACCEPTS)
    assert POLICY.bases[Basis.COMMUNITY_RESOLUTION].accepts(Responsibility.ACCEPTS)


def test_each_caution_has_its_own_ages():
    assert not POLICY.bases[Basis.ADULT_CONDITIONAL_CAUTION].open_to(AgeBand.AGE_16_17)
    assert not POLICY.bases[Basis.YOUTH_CONDITIONAL_CAUTION].open_to(AgeBand.ADULT)
    assert not POLICY.bases[Basis.OUTCOME_23].open_to(AgeBand.ADULT)


def test_the_cap_of_a_caution_leaves_rehabilitation_out():
    caution = POLICY.bases[Basis.ADULT_CONDITIONAL_CAUTION]

    assert {purpose for purpose in Purpose if caution.counts(purpose)} == {Purpose.REPARATION, Purpose.PUNISHMENT}


def test_a_voluntary_basis_warns_twice_before_it_returns():
    steps = [POLICY.bases[Basis.OUTCOME_22].step_after(failures) for failures in (1, 2, 3, 4)]

    assert steps == [LadderStep.WARN, LadderStep.FINAL_WARN, LadderStep.RETURN, LadderStep.RETURN]


@pytest.mark.parametrize("basis", [Basis.ADULT_CONDITIONAL_CAUTION, Basis.YOUTH_CONDITIONAL_CAUTION])
def test_of_a_conditional_caution_the_officer_hears_at_the_first_failure(basis):
    assert POLICY.bases[basis].step_after(1) is LadderStep.NOTIFY_OFFICER


def test_the_choice_rests_on_the_law_of_its_basis():
    roots = {basis: POLICY.bases[basis].choice_root for basis in CRIME}

    assert roots[Basis.COMMUNITY_RESOLUTION] is ChoiceRoot.S102
    assert roots[Basis.ADULT_CONDITIONAL_CAUTION] is ChoiceRoot.S23ZA
    assert roots[Basis.YOUTH_CONDITIONAL_CAUTION] is ChoiceRoot.S66BA
    assert roots[Basis.OUTCOME_22] is ChoiceRoot.NONE


def test_derbyshire_lists_thirteen_remedies():
    keys = [remedy.key for remedy in POLICY.remedies_on(DEMO_DAY)]

    assert len(set(keys)) == len(keys) == 13
    assert POLICY.remedies_on(date(2020, 1, 1)) == ()


def test_a_remedy_that_the_scheme_does_not_run_is_only_recorded():
    remedies = {remedy.key: remedy for remedy in POLICY.remedies}

    assert remedies["counselling"].activity is None
    assert remedies["written_apology"].activity is ActivityKind.WRITTEN_APOLOGY


def test_a_remedy_leaves_the_list_after_its_last_day():
    shortened = POLICY.with_overrides({"remedies.mediation.listed_until": "2026-03-01"})

    assert len(shortened.remedies_on(date(2026, 3, 1))) == 13
    assert "mediation" not in {remedy.key for remedy in shortened.remedies_on(DEMO_DAY)}


def test_a_first_attempt_to_reach_somebody_is_a_call():
    assert {POLICY.contact.first, DURHAM.contact.first} == {Channel.CALL}


def test_a_limit_is_found_by_its_name():
    caution = POLICY.bases[Basis.ADULT_CONDITIONAL_CAUTION]

    assert caution.limit("completion") is caution.limits[0]
    assert caution.limit("elsewhere") is None


def test_durham_governs_by_disposal_where_there_is_one():
    clock = DURHAM.clocks.start_48h

    assert clock.governing(Door.CRIME_OOCR) is ClockOrigin.DISPOSAL
    assert clock.governing(Door.NO_CRIME) is ClockOrigin.REFERRAL_SENT


def test_a_door_that_says_nothing_of_clearance_asks_for_it():
    silent = POLICY.model_copy(update={"clearance": {}})

    assert silent.clearance_on(Door.NO_CRIME) is ClearanceRule.REQUIRED
    assert POLICY.clearance_on(Door.NO_CRIME) is ClearanceRule.NOT_REQUIRED


def test_every_basis_says_in_words_what_may_follow():
    assert POLICY.consequence(Basis.ADULT_CONDITIONAL_CAUTION).endswith("prosecuted for the original offence.")
    assert all(POLICY.consequence(basis) for basis in POLICY.bases)


def test_a_rehearsal_may_set_a_path_otherwise_and_the_policy_itself_stays():
    other = POLICY.with_overrides({"clocks.start_48h.origin": "disposal", "age_bands.adult.latest": "21:30"})

    assert other.clocks.start_48h.origin is ClockOrigin.DISPOSAL
    assert other.age_bands[AgeBand.ADULT].latest == time(21, 30)
    assert POLICY.clocks.start_48h.origin is ClockOrigin.REFERRAL_SENT


def test_a_rehearsal_may_override_a_whole_scheme_where_its_versions_have_the_path():
    other = DERBYSHIRE.with_overrides({"bases.outcome_23.cap_minutes": 300})

    assert other.versions[1].bases[Basis.OUTCOME_23].cap_minutes == 300
    assert other.versions[0] == DERBYSHIRE.versions[0]
    assert DERBYSHIRE.with_overrides({"grace_minutes": 5}).versions[0].grace_minutes == 5


def test_an_override_that_the_newest_version_cannot_take_is_refused():
    with pytest.raises(SchemeError):
        DERBYSHIRE.with_overrides({"grace_minute": 5})


def test_no_override_changes_nothing():
    assert POLICY.with_overrides({}) == POLICY


@pytest.mark.parametrize(
    ("path", "value", "nearest"),
    [
        ("clocks.start_48h.orign", "disposal", "origin"),
        ("clocks.start_48.origin", "disposal", "start_48h"),
        ("clocks.start_48h.origin", "disposl", "disposal"),
        ("bases.abc.limits.completon.length", 3, "completion"),
        ("remedies.meditation", {}, "mediation"),
        ("clocks.start_48h.origin.more.deep", 1, None),
        ("grace_minutes.x", 1, None),
    ],
)
def test_an_override_that_leads_nowhere_names_what_is_near(path, value, nearest):
    with pytest.raises(SchemeError) as refused:
        POLICY.with_overrides({path: value})

    assert refused.value.problems[0].nearest == nearest


def test_an_entry_of_a_list_is_replaced_by_its_name():
    remedy = {"key": "mediation", "label": "Talks", "purpose": "reparation", "listed_from": "2026-01-01"}

    other = POLICY.with_overrides({"remedies.mediation": remedy})

    assert [found.label for found in other.remedies if found.key == "mediation"] == ["Talks"]


@pytest.mark.parametrize(
    "overrides",
    [
        {"clocks.start_48h.origin_by_door": {"no_crime": "disposal"}},
        {"clocks.start_48h.warn_before_hours": 48},
        {"age_bands.adult.day_minutes": 60},
        {"age_bands.adult.latest": "06:00"},
        {"school_hours.ends": "06:00"},
        {"bases.abc.admitted_until": "2020-01-01"},
        {"bases.community_resolution.responsibility": ["admits", "denies"]},
        {"bases.abc.cap_authority": None},
        {"bases.youth_conditional_caution.cap_minutes": 1201},
        {"bases.abc.ladder": ["warn"]},
        {"bases.abc.consequence": "unspoken"},
        {"doors": {"crime_oocr": {"admitted_from": "2023-07-01"}}},
        {"eligibility.age_floor": 9},
    ],
)
def test_a_policy_that_contradicts_itself_cannot_be_made(overrides):
    with pytest.raises(SchemeError):
        POLICY.with_overrides(overrides)


def test_a_policy_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        POLICY.grace_minutes = 0


def test_no_policy_held_before_the_first_version_or_after_an_ended_one():
    ended = DERBYSHIRE.model_copy(
        update={"versions": (POLICY.model_copy(update={"effective_until": date(2026, 3, 1)}),)}
    )

    for scheme, day in ((DERBYSHIRE, date(2025, 8, 31)), (ended, DEMO_DAY)):
        with pytest.raises(LookupError):
            scheme.on(day)


def test_a_case_finds_the_version_it_pinned():
    assert DERBYSHIRE.version("2025-09").effective_from == date(2025, 9, 1)
    with pytest.raises(LookupError):
        DERBYSHIRE.version("2019-01")


def test_a_value_is_verified_unless_it_or_what_it_is_part_of_is_marked():
    assert is_verified(POLICY, "clocks.start_48h.hours")
    assert not is_verified(POLICY, "clocks.start_48h.origin")
    assert not is_verified(POLICY, "evidence.proof_days")
    assert is_verified(POLICY, "bases.adult_conditional_caution.cap_minutes")


def test_a_door_that_somebody_confirmed_is_no_longer_listed():
    confirmed = POLICY.with_overrides({"doors.no_crime.verified": True})

    assert is_verified(confirmed, "doors.no_crime.admitted_from")
    assert not is_verified(POLICY, "doors.no_crime.admitted_from")
