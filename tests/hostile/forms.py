"""Forms that no browser fills in: one hostile text in every field at once, plain and in parts of odd character sets."""

from tests.hostile.addresses import AFTER_ALL, BEFORE_ALL
from workflow.portal.pages.referral_form import FIELDS

TEXTS = {
    "null": "\0",
    "five thousand digits": "9" * 5000,
    "fifty digits": "9" * 50,
    "before all": BEFORE_ALL,
    "after all": AFTER_ALL,
    "local, before all": "0001-01-01T00:00",
    "markup": "<script>alert(1)</script>",
    "from the other side": "\u202e\u0660\u0661",
    "fire": "\U0001f525" * 300,
}
OTHERS = (
    *("login", "password", "engagement", "person", "kind", "why", "mail", "agency", "message_id", "version", "once"),
    *("slot", "outcome", "started_at", "ended_at", "penalty_minutes", "minutes", "occurred_at", "reason", "level"),
    *("fields", "session", "affected", "caseworker", "provider", "note", "responsible_adult", "within_months", "score"),
)
NAMES = (*OTHERS, *(field.id for field in FIELDS))
COMMANDS = (
    "RecordAttendance",
    "RequestInformation",
    "AmendReferral",
    "TransferCase",
    "AgreePlan",
    "AllocateCaseworker",
)
BOUNDARY = "----parts"
CHARSETS = ("utf-8", "unicode_escape", "utf-16", "utf-7", "no-such-set")


def paths(case):
    """Where forms are sent."""
    at = f"/cases/{case}"
    acts = [f"{at}/do/{command}" for command in (*COMMANDS, "NoSuchCommand", "%00")]
    return [
        *acts,
        f"{at}/book",
        f"{at}/reveal",
        f"{at}/sessions/{case}/attendance",
        "/referrals/new",
        "/mailbox",
        "/engagements",
    ]


def plain(csrf, text):
    """Every field with the same text."""
    return {"data": dict.fromkeys(NAMES, text) | {"csrf": csrf}}


def in_parts(csrf, charset, text=r"\ud800"):
    """The same in parts, whose character set the form names for itself."""
    fields = {"csrf": csrf, **dict.fromkeys(NAMES[:12], text)}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}'
        for name, value in fields.items()
    ]
    kind = f"multipart/form-data; charset={charset}; boundary={BOUNDARY}"
    return {"content": "\r\n".join([*parts, f"--{BOUNDARY}--\r\n"]).encode(), "headers": {"Content-Type": kind}}
