"""Kinds of field that several parts of a referral share, each with its own rule and its own words for a fault."""

import re
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from schemas.problems import broken

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200
PNC_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
POSTCODE = re.compile(r"(?:GIR0AA|[A-Z]{1,2}[0-9][A-Z0-9]?[0-9][ABD-HJLNP-UW-Z]{2})")
PHONE = re.compile(r"\+?[0-9]{10,15}")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
PNC = re.compile(r"([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])")
URN = re.compile(r"(?=.*[0-9])[0-9A-Z/ -]{5,20}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
UPRN = re.compile(r"[0-9]{1,12}")
AREA_CODE = re.compile(r"[EWSN][0-9]{8}")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
CODE = re.compile(r"[0-9A-Za-z/. -]{1,20}")


class Part(BaseModel):
    """A frozen part of a message: unknown fields are refused, and it never shows what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, hide_input_in_errors=True)

    def __repr_args__(self) -> tuple[()]:
        """Show nothing: a part of a referral that finds its way into a log or an error must not tell."""
        return ()


def _moment_as_text(sent: object) -> object:
    if isinstance(sent, datetime) or (isinstance(sent, str) and MOMENT.fullmatch(sent)):
        return sent
    raise broken("not_a_moment", "{field} is not a date with a time; write it like 2026-06-09T16:10:00+01:00.")


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise broken("no_offset", "{field} does not say its offset from UTC; add it, for example +01:00 or Z.")
    _plausible(moment)
    return moment


def _day_as_text(sent: object) -> object:
    plain_day = isinstance(sent, date) and not isinstance(sent, datetime)
    if plain_day or (isinstance(sent, str) and DAY.fullmatch(sent)):
        return sent
    raise broken("not_a_date", "{field} is not a date; write it like 2026-06-09.")


def _plausible(day: date) -> date:
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        raise broken("implausible_year", "{field} has a year that cannot be right; correct the year.")
    return day


def without_nulls(text: str) -> str:
    """Return text that every system can keep."""
    if "\0" in text:
        raise broken("null_character", "{field} holds a null character, which no system can keep; take it out.")
    return text


def _postcode(text: str) -> str:
    packed = "".join(text.split()).upper()
    if not POSTCODE.fullmatch(packed):
        raise broken("postcode_cannot_be", "{field} cannot be a UK postcode; correct it or leave it out.")
    return f"{packed[:-3]} {packed[-3:]}"


def _phone(text: str) -> str:
    if not PHONE.fullmatch(re.sub(r"[\s().-]", "", text)):
        raise broken("phone_cannot_be", "{field} cannot be a phone number; write 10 to 15 digits with the area code.")
    return text


def _email(text: str) -> str:
    if not EMAIL.fullmatch(text):
        raise broken("email_cannot_be", "{field} cannot be an e-mail address; correct it or leave it out.")
    return text


def pnc_check_letter(year: str, serial: str) -> str:
    """Return the letter that a PNC identifier ends with: two-digit year and seven-digit serial, mod 23 (R140, R187)."""
    return PNC_LETTERS[int(year[-2:] + serial.zfill(7)) % len(PNC_LETTERS)]


def _pnc(text: str) -> str:
    found = PNC.fullmatch(text.upper())
    if found is None:
        raise broken("pnc_format", "{field} is not a PNC identifier; write year, slash, digits and check letter.")
    if pnc_check_letter(found[1], found[2]) != found[3]:
        raise broken("pnc_check_letter", "{field} has a check letter that does not fit its digits; look it up again.")
    return text.upper()


def _urn(text: str) -> str:
    if not URN.fullmatch(text.upper()):
        raise broken("urn_shape", "{field} cannot be a URN; write its 5 to 20 letters and digits.")
    return text.upper()


def _uprn(text: str) -> str:
    if not UPRN.fullmatch(text):
        raise broken("uprn_shape", "{field} cannot be a UPRN; write up to 12 digits in quotes.")
    return text


def _area_code(text: str) -> str:
    if not AREA_CODE.fullmatch(text):
        raise broken("area_code_shape", "{field} is not an ONS area code; write a letter and eight digits.")
    return text


def _slug(text: str) -> str:
    if not SLUG.fullmatch(text):
        raise broken("slug_shape", "{field} is not a slug; write lower-case words joined by hyphens.")
    return text


def _language(text: str) -> str:
    if not LANGUAGE.fullmatch(text):
        raise broken("language_shape", "{field} is not a language code; write one such as en or cy.")
    return text


def _code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise broken("code_shape", "{field} is not a code; write up to 20 letters, digits, slashes and points.")
    return text


def _published(shape: re.Pattern[str]) -> WithJsonSchema:
    """Say the shape in the published schema too, where a rule of ours would not show."""
    return WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": f"^(?:{shape.pattern})$"})


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(without_nulls)
]
FreeText = Annotated[str, StringConstraints(max_length=4000), AfterValidator(without_nulls)]
Moment = Annotated[datetime, BeforeValidator(_moment_as_text), AfterValidator(_aware)]
Day = Annotated[date, BeforeValidator(_day_as_text), AfterValidator(_plausible)]
Postcode = Annotated[Line, AfterValidator(_postcode)]
Phone = Annotated[Line, AfterValidator(_phone)]
Email = Annotated[Line, AfterValidator(_email)]
PncId = Annotated[Line, AfterValidator(_pnc)]
Urn = Annotated[Line, AfterValidator(_urn)]
Uprn = Annotated[Line, AfterValidator(_uprn), _published(UPRN)]
AreaCode = Annotated[Line, AfterValidator(_area_code), _published(AREA_CODE)]
Slug = Annotated[Line, AfterValidator(_slug), _published(SLUG)]
Language = Annotated[Line, AfterValidator(_language), _published(LANGUAGE)]
Code = Annotated[Line, AfterValidator(_code), _published(CODE)]
YesNo = Annotated[bool, Field(strict=True)]
Minutes = Annotated[int, Field(strict=True, gt=0, le=60_000)]
Longitude = Annotated[float, Field(strict=True, ge=-9, le=3, allow_inf_nan=False)]
Latitude = Annotated[float, Field(strict=True, ge=49, le=61, allow_inf_nan=False)]
