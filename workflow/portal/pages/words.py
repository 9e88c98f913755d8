"""What the pages say of each command and of each field: plain words, the unit, and an example."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Words(NamedTuple):
    """A field's label and, where one helps, a hint below it."""

    label: str
    hint: str = ""


ABOUT: Mapping[str, str] = MappingProxyType(
    {
        "AmendReferral": "The organisation that referred corrects or completes its own referral.",
        "ConfirmMatch": "The participant is somebody with whom the scheme already works.",
        "RejectMatch": "The participant is somebody else; the possible match is dismissed.",
        "RequestInformation": "Ask the organisation that referred for what is missing before you decide.",
        "ProvideInformation": "What the organisation that referred has answered. Leave empty what it left open.",
        "AcceptReferral": "Take the case on. The organisation that referred is told.",
        "DeclineReferral": "Say no to the referral. The organisation that referred is told the reason.",
        "RecordYouthJusticeClearance": "Write down what youth justice says: may this child start work?",
        "AllocateCaseworker": "Give the case a caseworker, or let the rules find the best one.",
        "RecordConsent": "Somebody has agreed, after it was explained.",
        "WithdrawConsent": "Somebody takes an agreement back. If it was to taking part, the case ends as withdrawn.",
        "RecordResponsibility": "Write down what the participant says about responsibility.",
        "AssessRisk": "How safe the work is for the participant and others. It does not predict reoffending.",
        "StopSession": "A running session was stopped for safety. The time worked until then counts.",
        "RecordContactDetails": "How the affected person can be reached safely.",
        "RecordContactAttempt": "One attempt to reach the affected person, whether or not it worked.",
        "RecordViews": "What the affected person would like to be done.",
        "ChooseUpdatesOnly": "The affected person wants to be told what happens, and nothing else.",
        "DeclineInvolvement": "The affected person wants no part in this.",
        "MarkUnreachable": "Enough attempts were made, in enough ways, and nobody was reached.",
        "MarkDoNotContact": "Nobody from the scheme may contact this person any more.",
        "WithdrawAffectedPerson": "The affected person leaves. That he or she was asked stays on record.",
        "RecordSatisfaction": "How the affected person felt it went.",
        "ProposePlan": "Let the rules put together the plan that fits best. Nothing is agreed by this.",
        "AgreePlan": "The participant has signed the proposed plan.",
        "RevisePlan": "Replace the agreed plan by the one proposed last.",
        "BookSession": "Book a session of the agreed plan.",
        "RescheduleSession": "Move a booked session to another time. It counts once, at its new time.",
        "CancelSession": "The provider cancels a session. It never counts against the participant.",
        "RecordAttendance": "Say what happened at a session.",
        "CorrectAttendance": "Correct what was recorded about a session. The earlier record is kept as well.",
        "SubmitAbsenceEvidence": "The participant has shown why he or she could not come, and it is accepted.",
        "AdjustTravel": "Credit time spent on the way to a session that the participant attended.",
        "IssueWarning": "A first warning for a session that was missed or failed without an acceptable reason.",
        "WithdrawWarning": "Take the last warning back: its ground has gone.",
        "IssueFinalWarning": "The final warning, after a first one. After this the case can go back to the referrer.",
        "ReturnToReferrer": "Hand the case back to the organisation that referred it, with a report.",
        "PauseCase": "Stop the clocks that may stop. Limits set by statute run on.",
        "ResumeCase": "Go on where the case was paused.",
        "WithdrawCase": "The participant or the organisation that referred no longer takes part. This ends the case.",
        "TransferCase": "Offer the case to another provider of this scheme. It changes hands when that one accepts.",
        "AcceptTransfer": "Take over a case that another provider has offered. Its clocks run on.",
        "CompleteCase": "The hours are done and the supervisor's report has been checked. This ends the case.",
        "CloseWithoutFault": "End a case that cannot go on, through nobody's fault.",
        "ReopenCase": "Go on with a case that was ended too early.",
        "FlagReoffending": "The police linked the participant to new behaviour after the case ended.",
    }
)

# By field, or by "Command.field" where one command means something of its own.
FIELDS: Mapping[str, Words] = MappingProxyType(
    {
        "occurred_at": Words("When it happened", "Leave empty if it happened just now."),
        "reason": Words("Reason"),
        "note": Words("Note", "It is kept sealed: only people who work on this case can read it."),
        "session": Words("Which session"),
        "affected": Words("Which affected person"),
        "other_case_id": Words("Which possible match"),
        "same_incident": Words("Is it about the same incident?"),
        "fields": Words("What to ask for", "Tick everything that is missing."),
        "message_id": Words("Id of the message to amend"),
        "authorised_minutes": Words("Minutes authorised", "In minutes: 10 hours are 600."),
        "limitation": Words(
            "Is there a last day for bringing a charge?", "As the police say; it is never worked out here."
        ),
        "limitation_on": Words("Last day for bringing a charge", "Date and time, as the police give it."),
        "disposal_at": Words("When the disposal was given", "For example the moment the caution was signed."),
        "police_decided_at": Words("When the police decided to refer"),
        "given": Words("May the child start work?"),
        "caseworker": Words("Caseworker", "Leave empty and the rules choose the one who fits best."),
        "AllocateCaseworker.reason": Words(
            "Why this one", "Needed only if you choose somebody else than the rules would."
        ),
        "purpose": Words("What was agreed to"),
        "WithdrawConsent.purpose": Words("Which agreement is taken back"),
        "given_by": Words("Who agreed"),
        "responsible_adult": Words("Which responsible adult", "Needed only if a responsible adult agreed."),
        "RecordConsent.reason": Words("Why a manager decided", "Needed only for a manager's alternative."),
        "kind": Words("What the participant says"),
        "level": Words("How high is the risk?"),
        "unsuitable": Words("Work that is not safe for this participant", "Tick all that must not be offered."),
        "StopSession.ended_at": Words("When it was stopped", "A time within the session, for example 11:20."),
        "outcome": Words("What happened?"),
        "started_at": Words("Work began", "Needed only if the participant came."),
        "ended_at": Words("Work ended", "Needed only if the participant came."),
        "penalty_minutes": Words(
            "Minutes to take off", "In whole minutes, for example 15 for coming late. 0 for none."
        ),
        "slot": Words("Session"),
        "asked_by": Words("Who asked for the move?"),
        "phone": Words("Phone", "For example 07700 900123."),
        "email": Words("E-mail", "For example name@example.org."),
        "address": Words("Postal address"),
        "channels": Words("Safe ways to get in touch", "If you tick none: by phone."),
        "permission": Words("Has the person agreed to be contacted?"),
        "channel": Words("How you tried"),
        "reached": Words("Did you reach the person?"),
        "remedy": Words("What the person chose", "From the list of actions that the scheme publishes."),
        "preference": Words("Kind of work the person would prefer"),
        "wants_updates": Words("Does the person want to hear how it goes on?"),
        "views": Words("In the person's own words", "It is kept sealed."),
        "MarkDoNotContact.reason": Words("Why nobody may contact the person"),
        "score": Words("How it went, from 1 to 5", "1 is poor, 5 is good."),
        "AgreePlan.reason": Words(
            "Why it departs from the wish", "Needed only if the affected person chose other work."
        ),
        "RevisePlan.reason": Words(
            "Why it departs from the wish", "Needed only if the affected person chose other work."
        ),
        "minutes": Words("Minutes of travel", "In whole minutes, 180 at most: an hour and a half is 90."),
        "SubmitAbsenceEvidence.outcome": Words("What kept the participant away"),
        "ReturnToReferrer.reason": Words("Why the case goes back"),
        "PauseCase.reason": Words("Why the case pauses"),
        "CancelSession.reason": Words("Why the provider cancels"),
        "StopSession.reason": Words("Why it was stopped"),
        "DeclineReferral.reason": Words("Why the referral is declined"),
        "CloseWithoutFault.reason": Words("Why the case cannot go on"),
        "ReopenCase.reason": Words("Why the case goes on"),
        "by": Words("Who withdraws"),
        "provider": Words("To which provider"),
        "report_checked": Words("Have you checked the supervisor's report?"),
        "quality": Words("Quality of the work, as the report says"),
        "within_months": Words("Within how many months of the end", "In whole months, 24 at most: half a year is 6."),
        "on": Words("When the new behaviour was"),
    }
)

# Words of closed lists that say too little by themselves, by "Command.field" or by field.
OPTIONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "same_incident": {
            "true": "Yes: both referrals become one case",
            "false": "No: another incident, so the two cases are only linked",
        },
        "given": {"true": "Yes, youth justice has cleared it", "false": "No, youth justice has refused"},
        "limitation": {
            "none": "No, there is none",
            "date": "Yes, on a known day",
            "summary_only": "Yes, but the day is not known yet",
        },
        "given_by": {"manager_alternative": "A manager, in place of a responsible adult"},
        "purpose": {
            "take_part": "Taking part in the scheme",
            "share_information": "Sharing information",
            "photograph": "Photographs",
        },
        "kind": {
            "admits": "Admits the behaviour",
            "accepts": "Accepts responsibility",
            "not_required": "Nothing: on this basis nobody is asked",
            "denies": "Denies it",
        },
        "DeclineReferral.reason": {
            "age": "The participant's age",
            "excluded_behaviour": "The behaviour is excluded from the scheme",
            "not_eligible": "Not eligible for another reason",
            "out_of_area": "Outside the area",
            "unsafe": "It would not be safe",
            "persistent": "Too many earlier cases",
            "already_served": "Already dealt with",
            "no_capacity": "No room for now",
        },
        "PauseCase.reason": {"provider": "A reason of the provider's", "exams": "Exams at school"},
        "ReturnToReferrer.reason": {"out_of_time": "There is too little time left"},
        "CancelSession.reason": {"vehicle": "No vehicle", "oversubscribed": "Too many were booked"},
        "by": {"referrer": "The organisation that referred"},
        "asked_by": {"provider": "The provider", "participant": "The participant"},
    }
)

# Facts that somebody must state: the form proposes no answer, and asks for one even where the API has a default.
STATED = frozenset(
    {
        "RecordConsent.purpose",
        "RecordConsent.given_by",
        "WithdrawConsent.purpose",
        "MarkDoNotContact.reason",
        "RecordViews.wants_updates",
        "CompleteCase.quality",
    }
)


def about(command: str) -> str:
    """Return what a command does, in a sentence."""
    return ABOUT[command]


def words_of(command: str, field: str) -> Words:
    """Return label and hint of a command's field."""
    return FIELDS.get(f"{command}.{field}") or FIELDS[field]


def option_words(command: str, field: str) -> Mapping[str, str]:
    """Return what to say for values of a closed list instead of their own words."""
    return OPTIONS.get(f"{command}.{field}") or OPTIONS.get(field, {})
