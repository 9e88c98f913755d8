"""Requests that the published document allows or forbids, drawn by schemathesis, and what is wrong with an answer."""

import asyncio
import json
from dataclasses import dataclass

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

from tests.builders.json_schema import Published
from tests.rules.tree import ROOT
from workflow.portal.errors import PROBLEM_JSON

DOCUMENT = json.loads((ROOT / "schemas" / "published" / "openapi.json").read_text(encoding="utf-8"))
PUBLISHED = Published(DOCUMENT)
OPERATIONS = {
    one.ok().definition.raw["operationId"]: one.ok()
    for one in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
}
LONGEST_S = 10.0
# Drawn first and sent afterwards: what one request leaves behind the next one meets, so none could be drawn again.
SEEDED = settings(
    derandomize=True, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A request, ready to be sent; `forbidden` says that the document does not allow it."""

    method: str
    url: str
    params: dict
    headers: dict
    content: bytes | None
    forbidden: bool


def requests(name, known, most):
    """So many requests of one operation, always the same: aimed at known cases and at random, allowed and forbidden."""
    found = []

    @settings(SEEDED, max_examples=most)
    @given(_strategy(name, known))
    def draw(one):
        found.append(one)

    draw()
    return found


def _strategy(name, known):
    operation = OPERATIONS[name]
    told = operation.definition.raw.get("parameters", ())
    places = [None, *({one["name"]: str(case)} for one in told if one["in"] == "path" for case in known)]
    versions = [None, *({one["name"]: "*"} for one in told if one["name"].lower() == "if-match")]
    modes = [
        GenerationMode.POSITIVE,
        *([GenerationMode.NEGATIVE] if told or "requestBody" in operation.definition.raw else []),
    ]
    return st.one_of(
        st.builds(
            _request,
            operation.as_strategy(mode, path_parameters=place, headers=version),
            st.sampled_from([None, *known]),
        )
        for mode in modes
        for place in places
        for version in versions
    )


def _request(case, aim):
    told = case.as_transport_kwargs(base_url="http://portal")
    body = told.get("json")
    if aim and isinstance(body, dict) and isinstance(body.get("items"), list):
        body["items"] = [one | {"case": str(aim)} if isinstance(one, dict) else one for one in body["items"]]
    return Drawn(
        method=told["method"],
        url=told["url"],
        params=told["params"],
        # Who asks is the test's to say.
        headers={
            name: str(value).encode() for name, value in told["headers"].items() if name.lower() != "authorization"
        },
        content=told.get("data") if "json" not in told else json.dumps(body).encode(),
        forbidden=_body_is_forbidden(case),
    )


def _body_is_forbidden(case):
    """Whether the body breaks the document; of many commands each has an answer of its own, and the whole is a 200."""
    if case.operation.definition.raw["operationId"] == "command_cases":
        return False
    body = case.meta.components.get(ParameterLocation.BODY)
    return body is not None and body.mode is GenerationMode.NEGATIVE


def wrongs(name, drawn, answer):
    """What no answer may be: a failure, of a shape or kind that is not published, a yes to what is forbidden."""
    told = OPERATIONS[name].definition.raw["responses"]
    told = told.get(str(answer.status_code)) or told["default"]
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code >= 500 and name != "readyz":
        yield f"failed with {answer.status_code}"
    if kind not in told["content"]:
        yield f"{answer.status_code} as {kind}"
        return
    yield from PUBLISHED.faults(told["content"][kind]["schema"], answer.json())
    if kind == PROBLEM_JSON and answer.json()["status"] != answer.status_code:
        yield f"{answer.status_code} says of itself {answer.json()['status']}"
    if drawn.forbidden and answer.status_code < 400:
        yield f"{answer.status_code} for what the document forbids"


async def faults(name, drawn, client_of):
    """Send what was drawn for an operation, each by the next caller in turn; return what was wrong with the answers."""
    found = []
    for number, one in enumerate(drawn):
        async with client_of(number) as client, asyncio.timeout(LONGEST_S):
            answer = await client.request(
                one.method, one.url, params=one.params, headers=one.headers, content=one.content
            )
        found += [f"{wrong}: {one}, answered {answer.text}" for wrong in wrongs(name, one, answer)]
    return found
