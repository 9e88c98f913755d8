"""Why triage says no, and what to do instead (contracts section 3)."""

from collections.abc import Mapping

from workflow.rules.refusals import Reason

REASONS: Mapping[str, Reason] = {
    "not_your_referral": Reason(
        rule="A referral is amended by the agency that sent it.",
        remedy="Ask the referring agency to send the amendment.",
    ),
    "other_referrer_governs": Reason(
        rule="One referrer's authorisation governs a joined case, and hours never add.",
        remedy="Ask the governing referrer to change minutes or limitation; you may add a note.",
    ),
    "authorised_below_agreed": Reason(
        rule="Authorised minutes do not fall below what was agreed with the participant and done at earlier providers.",
        remedy="Revise the plan to fewer minutes first, then amend the referral.",
    ),
    "match_not_proposed": Reason(
        rule="Only a proposed match that nobody has decided is confirmed or rejected.",
        remedy="Look at the case again: the match was decided or never proposed.",
    ),
    "matched_case_unknown": Reason(
        rule="The other case of a match is one of this scheme.",
        remedy="Reject the match, or look at the case's number again.",
    ),
    "matched_case_has_ended": Reason(
        rule="A referral is joined only to a case that goes on.",
        remedy="Say that it is a different incident: then the cases are linked.",
    ),
    "match_unresolved": Reason(
        rule="A referral is not accepted while a possible match waits for a person.",
        remedy="Confirm or reject each proposed match first.",
    ),
    "not_a_field": Reason(
        rule="Information is asked and given by the names of the referral's fields.",
        remedy="Name fields by JSON pointer, for example /limitation/on.",
    ),
    "field_of_the_crime_door": Reason(
        rule="Where no crime was committed, nothing is asked or said that only a crime has.",
        remedy="Leave the field out.",
    ),
    "nothing_was_provided": Reason(
        rule="An answer fills at least one field.",
        remedy="Give at least one of the fields that were asked for.",
    ),
    "disposal_on_this_door": Reason(
        rule="Where no crime was committed there is no disposal.",
        remedy="Leave the disposal time out.",
    ),
    "origin_in_the_future": Reason(
        rule="What a clock counts from has happened already.",
        remedy="Correct the time or its offset.",
    ),
    "decided_before_behaviour": Reason(
        rule="A decision or a disposal follows the behaviour that it is about.",
        remedy="Correct the time or its offset.",
    ),
    "limitation_date_unexpected": Reason(
        rule="A limitation date goes with kind date or summary_only.",
        remedy="Give the kind that goes with the date, or leave the date out.",
    ),
    "limitation_date_missing": Reason(
        rule="A limitation of kind date has a date, and it is never derived.",
        remedy="Add the last day.",
    ),
    "limitation_unknown": Reason(
        rule="A referral is accepted once its limitation is known: none, or a supplied date.",
        remedy="Request the information from the referrer.",
    ),
    "behaviour_excluded": Reason(
        rule="The scheme does not take this behaviour.",
        remedy="Decline the referral as excluded behaviour.",
    ),
    "under_age_floor": Reason(
        rule="The participant was younger at the behaviour than the scheme takes.",
        remedy="Decline the referral for age.",
    ),
    "basis_not_in_force": Reason(
        rule="The basis was in force, and admitted at this door, on the day of disposal or referral.",
        remedy="Decline the referral as not eligible, or ask the referrer which basis is meant.",
    ),
    "basis_not_for_age": Reason(
        rule="The basis exists for the participant's age.",
        remedy="Ask the referrer which basis is meant, or decline the referral for age.",
    ),
    "authorised_over_cap": Reason(
        rule="Authorised minutes stay within the cap of the basis, counting what the cap counts.",
        remedy="Ask the referrer to amend the authorised minutes.",
    ),
    "no_responsible_adult": Reason(
        rule="A child's case needs a responsible adult who may be spoken to.",
        remedy="Request the responsible adults from the referrer.",
    ),
    "responsibility_denied": Reason(
        rule="This basis rests on responsibility, and the participant denies it.",
        remedy="Decline the referral, or ask the referrer for another basis.",
    ),
    "clearance_not_needed": Reason(
        rule="Clearance is recorded where the scheme asks for it.",
        remedy="Nothing needs to be done: the case does not wait for clearance.",
    ),
    "clearance_already_recorded": Reason(
        rule="The same answer stands already.",
        remedy="Nothing needs to be done.",
    ),
    "no_caseworker_free": Reason(
        rule="A caseworker is cleared for the participant's age, has room, and knows nobody in the case.",
        remedy="Free a caseworker or add one, then allocate again.",
    ),
    "caseworker_has_the_case": Reason(
        rule="The caseworker has this case already.",
        remedy="Name somebody else, or leave the name out.",
    ),
    "caseworker_unknown": Reason(
        rule="A case is given to a caseworker of its own provider.",
        remedy="Choose one of the provider's caseworkers.",
    ),
    "caseworker_not_vetted": Reason(
        rule="A child's case is given to somebody cleared to work with children.",
        remedy="Choose a caseworker who is cleared.",
    ),
    "caseworker_full": Reason(
        rule="A caseworker holds no more cases than agreed.",
        remedy="Choose a caseworker with room for one more, or let a manager name this one with a reason.",
    ),
    "conflict_of_interest": Reason(
        rule="Nobody works on the case of a person whom he or she knows, or who was affected.",
        remedy="Choose another caseworker.",
        # Who knows whom is nobody else's business.
        cover="caseworker_full",
    ),
    "overruling_needs_a_reason": Reason(
        rule="Somebody else than the best by the rules is chosen with a reason.",
        remedy="Give the reason, or take the proposal.",
    ),
}
