"""From recorded facts to what is published of them; the disclosure rules alone decide what each audience gets."""

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from schemas import topics
from schemas.envelope import Recorded
from schemas.headers import ce_headers
from schemas.notices import AgencyNotice, Notice
from schemas.vocabulary import Audience
from workflow.case.case import Case
from workflow.machine.decide import Record
from workflow.ports import IdSource, OutcomeRow, Outward, Quarantined
from workflow.rules.disclosure import notices_of
from workflow.rules.outcomes import outcome_of
from workflow.schemes import PolicyVersion

STANDING_STUDY = "evaluation"
PERSONAL_TOPICS = {
    Audience.AFFECTED_PERSON: topics.NOTICES_AFFECTED_PERSON,
    Audience.PARTICIPANT: topics.NOTICES_PARTICIPANT,
}


def published(made: Record, policy: PolicyVersion) -> Iterator[Outward]:
    """Yield the case events and the notices that follow from them, in order."""
    for fact, case in zip(made.facts, made.cases, strict=True):
        yield _event(fact)
        for part, notice in enumerate(notices_of(fact, case, policy), start=1):
            yield notice_record(notice, fact.envelope.case_id, fact.envelope.sequence, part, fact.envelope.recorded_at)


def outcome_rows(case: Case, ids: IdSource, policy: PolicyVersion) -> tuple[OutcomeRow, ...]:
    """Return the whole current row of the case in the standing study."""
    token = study_token(ids, STANDING_STUDY, case.id)
    row = outcome_of(case, token, policy)
    return (OutcomeRow(study=STANDING_STUDY, token=token, value=row.model_dump_json().encode()),)


def study_token(ids: IdSource, study: str, case_id: UUID) -> UUID:
    """Return the pseudonym of a case in one study; without the key nobody leads it back."""
    return ids.derive("study", study, str(case_id))


def notice_record(notice: Notice, case_id: UUID, sequence: int, part: int, at: datetime) -> Outward:
    """Return a notice as the record that its audience reads; inner ids and numbers stay inside."""
    return Outward(
        topic=_topic(notice),
        key=str(notice.recipient).encode(),
        case_id=case_id,
        sequence=sequence,
        part=part,
        event_id=str(notice.id),
        headers=ce_headers(
            name=str(notice.id),
            tenant=notice.tenant,
            kind=f"notice.{notice.audience}.{notice.kind}",
            at=at.isoformat(),
            subject=str(notice.recipient),
            schema=f"notices/{notice.audience}",
        ),
        value=notice.model_dump_json(exclude={"tenant", "organisation", "audience"}).encode(),
    )


def dead_letter_record(one: Quarantined, ids: IdSource, at: datetime) -> Outward:
    """Return what the dead letters say of a record: where it lies and why, never what it holds."""
    place = (one.topic, str(one.partition), str(one.offset), one.fingerprint)
    letter_id = ids.derive("dead-letter", *place)
    body = {
        "topic": one.topic,
        "partition": one.partition,
        "offset": one.offset,
        "fingerprint": one.fingerprint,
        "reason": one.reason,
        "case": None if one.case_id is None else str(one.case_id),
    }
    return Outward(
        topic=topics.DEAD_LETTERS,
        key=one.fingerprint.encode(),
        case_id=letter_id,
        sequence=0,
        part=1,
        event_id=str(letter_id),
        headers=ce_headers(
            name=str(letter_id),
            tenant=one.tenant or "unknown",
            kind="dead-letter",
            at=at.isoformat(),
            subject=one.fingerprint,
            schema="dead-letter",
        ),
        value=json.dumps(body).encode(),
    )


def _topic(notice: Notice) -> str:
    if isinstance(notice, AgencyNotice):
        return topics.notices(notice.organisation_kind, notice.organisation)
    return PERSONAL_TOPICS[notice.audience]


def _event(fact: Recorded) -> Outward:
    """Return the pointer to a case event: part 0, whose bytes are the stored row's own."""
    return Outward(
        topic=topics.CASE_EVENTS,
        key=str(fact.envelope.case_id).encode(),
        case_id=fact.envelope.case_id,
        sequence=fact.envelope.sequence,
        part=0,
        event_id=str(fact.envelope.event_id),
        headers=(),
        value=b"",
    )
