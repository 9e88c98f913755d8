"""The OpenAPI 3.1 document: the same one that the portal serves, made without anything behind it."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from deploy.published.text import json_text
from workflow.portal.app import create_app
from workflow.portal.parts import PortalParts, PortalSettings


def render_openapi(root: Path) -> str:
    """Return the document; routes are described from their signatures, so no part of a portal is asked."""
    del root
    nothing_behind = cast("PortalParts", SimpleNamespace(settings=PortalSettings(), secret=str))
    return json_text(create_app(nothing_behind).openapi())
