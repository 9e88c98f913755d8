"""Why contact with an affected person is refused: by where contact stands, and where a fact differs, by both."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.events import people
from schemas.events.people import AffectedPersonEvent
from schemas.vocabulary import ContactState as S
from workflow.rules.refusals import Reason

BY_CONTACT: Mapping[S, str] = MappingProxyType(
    {
        S.AWAITING_DETAILS: "contact_not_permitted_yet",
        S.CONTACT_PERMITTED: "no_attempt_made_yet",
        S.ATTEMPTING: "affected_person_not_consulted_yet",
        S.VIEWS_GIVEN: "affected_person_was_reached",
        S.UPDATES_ONLY: "affected_person_was_reached",
        S.DECLINED: "affected_person_declined",
        S.UNREACHABLE: "affected_person_unreachable",
        S.DO_NOT_CONTACT: "contact_is_forbidden",
        S.WITHDRAWN: "affected_person_withdrew",
    }
)
BY_FACT: Mapping[tuple[type[AffectedPersonEvent], S], str] = MappingProxyType(
    {
        (people.SatisfactionRecorded, S.CONTACT_PERMITTED): "affected_person_not_consulted_yet",
        (people.SatisfactionRecorded, S.AWAITING_DETAILS): "affected_person_not_consulted_yet",
    }
)


def contact_refusal(fact: type[AffectedPersonEvent], contact: S) -> str:
    """Name the rule by which the contact table lists no move for `fact` from `contact`."""
    return BY_FACT.get((fact, contact), BY_CONTACT[contact])


REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "affected_person_unknown": Reason(
            rule="The token must be of an affected person of this case.", remedy="Take the token from the case's page."
        ),
        "contact_not_permitted_yet": Reason(
            rule="Nobody is contacted before they have agreed to it.",
            remedy="Record contact details with the person's permission first.",
        ),
        "contact_not_permitted": Reason(
            rule="The person's permission to be contacted was taken back.",
            remedy="Wait until contact details are recorded with permission again.",
        ),
        "no_attempt_made_yet": Reason(
            rule="Nobody is unreachable before anybody tried.", remedy="Record each attempt to reach the person."
        ),
        "affected_person_not_consulted_yet": Reason(
            rule="Only somebody who was consulted can say how it went.",
            remedy="Record the person's views or wishes first.",
        ),
        "affected_person_was_reached": Reason(
            rule="Somebody who was reached is not unreachable.", remedy="Record what the person wants instead."
        ),
        "affected_person_declined": Reason(
            rule="Somebody who wants no part is left alone.",
            remedy="If the person comes back, record views or the wish for updates.",
        ),
        "affected_person_unreachable": Reason(
            rule="Attempts ended, because enough were made.", remedy="Record new contact details if there are any."
        ),
        "contact_is_forbidden": Reason(
            rule="This person must not be contacted, and nothing but withdrawal changes that.",
            remedy="Do not contact the person; record the withdrawal if the person asks for it.",
        ),
        "affected_person_withdrew": Reason(
            rule="The person withdrew; that the person was consulted stays on record.", remedy="Do nothing more."
        ),
        "channel_not_safe": Reason(
            rule="Somebody is contacted only by a way that is safe for them.", remedy="Use a channel on record as safe."
        ),
        "too_few_attempts": Reason(
            rule="The scheme's policy says how many attempts in vain come before somebody counts as unreachable.",
            remedy="Make and record the attempts that are still missing.",
        ),
        "channels_not_mixed": Reason(
            rule="Attempts use more than one way to reach somebody.", remedy="Try another channel that is safe."
        ),
        "remedy_not_on_list": Reason(
            rule="A choice is from the community remedy list in force on the day.",
            remedy="Offer the list of that day and record what the person chooses.",
        ),
        "activity_not_of_remedy": Reason(
            rule="The activity must belong to the chosen action, or to one on the list.",
            remedy="Choose an activity of that action, or leave it out.",
        ),
        "police_only": Reason(
            rule="Only the police say whether somebody was linked to new behaviour.", remedy="Leave it to the police."
        ),
        "not_after_the_end": Reason(
            rule="New behaviour counts only if it happened after the case ended, and not in the future.",
            remedy="Check the date; behaviour before the end is a new referral.",
        ),
    }
)
