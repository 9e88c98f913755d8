"""Who takes part in the demo, as a file says: agencies, providers, evaluators."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import AgencyKind, OrganisationKind

ORGANISATIONS = Path(__file__).parents[1] / "data" / "demo-organisations.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganisation:
    """One row of the register, before it is registered."""

    slug: str
    scheme: str
    kind: OrganisationKind
    name: str
    area: str | None = None
    referrer_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """All of them, and who is who."""

    rows: tuple[DemoOrganisation, ...]

    def agencies(self, scheme: str, kind: AgencyKind) -> tuple[DemoOrganisation, ...]:
        """Return the scheme's agencies of a kind, in the order of the file."""
        return tuple(row for row in self.rows if row.scheme == scheme and row.kind.value == kind.value)

    def providers(self, scheme: str) -> tuple[str, ...]:
        """Return the scheme's providers; the first takes new referrals, the second takes transfers."""
        return tuple(sorted(row.slug for row in self.rows if row.scheme == scheme and row.kind == "provider"))

    def youth_justice_at(self, scheme: str, area: str) -> DemoOrganisation:
        """Return the youth justice service of a home area, else the scheme's first."""
        services = self.agencies(scheme, AgencyKind.YOUTH_JUSTICE)
        return next((one for one in services if one.area == area), services[0])

    def schemes(self) -> tuple[str, ...]:
        """Return the schemes, in the order of the file."""
        return tuple(dict.fromkeys(row.scheme for row in self.rows))


def read_register(path: Path = ORGANISATIONS) -> Register:
    """Read the file; KeyError or ValueError names what is wrong with it."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Register(
        tuple(
            DemoOrganisation(
                slug=row["slug"],
                scheme=row["scheme"],
                kind=OrganisationKind(row["kind"]),
                name=row["name"],
                area=row.get("area"),
                referrer_kind=row.get("referrer_kind"),
            )
            for row in raw["organisations"]
        )
    )
