"""What the refusals of a plan mean."""

from collections.abc import Mapping
from types import MappingProxyType

from workflow.rules.refusals import Reason

# Said of a place that somebody else's safety bars, to everybody who may not know that.
COVER = "no_free_session"
ANOTHER = "Choose another activity or place, or ask for a new proposal."

REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        COVER: Reason(
            rule="There is no free session that suits the case.", remedy="Ask again when sessions are added."
        ),
        "place_near_affected_person": Reason(
            rule="The place is near somebody who was affected by the behaviour.", remedy=ANOTHER, cover=COVER
        ),
        "place_kept_away": Reason(
            rule="The place is near one that the participant must keep away from.", remedy=ANOTHER
        ),
        "co_attendance": Reason(
            rule="Every free session there would bring together two people who must not meet.",
            remedy=ANOTHER,
            cover=COVER,
        ),
        "place_unknown": Reason(rule="The place must be one of the provider's.", remedy=ANOTHER),
        "place_lacks_activity": Reason(rule="The place does not offer this activity.", remedy=ANOTHER),
        "place_not_for_children": Reason(
            rule="The place's own risk assessment does not allow children.",
            remedy="Choose a place that suits children.",
        ),
        "activity_unsuitable": Reason(
            rule="The risk assessment rules this activity out for the participant.",
            remedy="Choose another activity, or assess the risk again.",
        ),
        "activity_not_for_age": Reason(
            rule="The scheme does not give this work to somebody of that age.", remedy="Choose another activity."
        ),
        "nothing_proposed": Reason(
            rule="There is no proposal to agree to.", remedy="Ask for a proposal, or name the activities."
        ),
        "admission_denied": Reason(
            rule="This basis needs an admission, and the participant denies responsibility.",
            remedy="Return the case to the referrer, who decides what follows.",
        ),
        "admission_needed": Reason(
            rule="This basis needs a record that the participant admits or accepts responsibility.",
            remedy="Record responsibility; if it is denied, return the case to the referrer.",
        ),
        "agreement_missing": Reason(
            rule="Taking part is agreed before a plan is; for a child by a responsible adult.",
            remedy="Record the agreement to take part first.",
        ),
        "risk_not_assessed": Reason(rule="A plan follows a risk assessment.", remedy="Assess the risk first."),
        "plan_without_work": Reason(
            rule="A plan holds some reparation; a workshop alone counts for nothing.", remedy="Add an activity."
        ),
        "hours_over_authorised": Reason(
            rule="A plan never holds more minutes than the referrer authorised.",
            remedy="Plan fewer minutes, or ask the referrer to amend the referral.",
        ),
        "hours_over_cap": Reason(
            rule="A plan never holds more minutes than the basis allows; a workshop does not count.",
            remedy="Plan fewer minutes.",
        ),
        "hours_over_age": Reason(
            rule="The participant's age sets how many minutes one case may hold.", remedy="Plan fewer minutes."
        ),
        "workshop_comes_first": Reason(
            rule="In this scheme a workshop comes before any work.", remedy="Put the workshop first."
        ),
        "purpose_not_of_activity": Reason(
            rule="A workshop is rehabilitation and work is not; each counts as what it is.",
            remedy="Give the activity its own purpose.",
        ),
        "choice_needs_reason": Reason(
            rule="An affected person's choice is followed, or a reason is recorded.",
            remedy="Follow the choice, or give the reason; it is sealed.",
        ),
        "departure_needs_reason": Reason(
            rule="A plan that departs from the proposal needs a reason.", remedy="Give the reason; it is sealed."
        ),
        "minutes_below_credited": Reason(
            rule="A plan is never cut below what is credited already.", remedy="Plan at least the credited minutes."
        ),
        "no_plan_agreed_yet": Reason(rule="No plan is agreed yet.", remedy="Agree a plan first."),
        "plan_is_agreed": Reason(rule="A plan is agreed already.", remedy="Revise the plan instead."),
    }
)
