"""The one style sheet; nothing of a third party is served or fetched."""

from importlib import resources

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from workflow.portal.gate import authorise

router = APIRouter(dependencies=[Depends(authorise)], include_in_schema=False)


@router.get("/static/portal.css", name="static")
async def style() -> Response:
    """Return the style sheet."""
    text = (resources.files("workflow.portal") / "static" / "portal.css").read_text(encoding="utf-8")
    return Response(text, media_type="text/css", headers={"Cache-Control": "public, max-age=600"})
