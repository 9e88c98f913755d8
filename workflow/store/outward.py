"""A case event as it is published: its exact headers and value, made from its stored row alone. Pure."""

from schemas.topics import CASE_EVENTS
from workflow.ports import Outward
from workflow.store.chain import instant_text
from workflow.store.rows import EventRow


def case_event_record(row: EventRow) -> Outward:
    """Return the record of a case event; the same row gives the same bytes for ever (contracts section 1)."""
    return Outward(
        topic=CASE_EVENTS,
        key=str(row.case_id).encode(),
        case_id=row.case_id,
        sequence=row.sequence,
        part=0,
        event_id=str(row.event_id),
        headers=case_event_headers(row),
        value=row.payload,
    )


def case_event_headers(row: EventRow) -> tuple[tuple[str, str], ...]:
    """Return the CloudEvents headers of a case event in binary mode; the time is when it was recorded."""
    headers = (
        ("ce_id", str(row.event_id)),
        ("ce_source", f"/amends/{row.tenant}"),
        ("ce_type", row.type),
        ("ce_specversion", "1.0"),
        ("ce_time", instant_text(row.recorded_at)),
        ("ce_subject", str(row.case_id)),
        ("ce_dataschema", f"amends:/schemas/{row.type}/v{row.version}"),
        ("content-type", "application/json"),
        ("ce_casesequence", str(row.sequence)),
        ("ce_correlationid", str(row.correlation)),
    )
    return (*headers, ("ce_causationid", str(row.causation))) if row.causation else headers
