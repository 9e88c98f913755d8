"""Every route of the API by the published document, for a caller of each kind: none fails, hangs or says other."""

import pytest

from tests.hostile.drawing import OPERATIONS, faults, requests

MOST = 15
CALLERS = (
    ("derbyshire-police", None, None),
    ("mend-derbyshire", "manager", None),
    ("mend-derbyshire", "caseworker", None),
    ("east-university", "evaluator", "evaluation"),
    (None, None, None),
)


def _known(portal):
    cases = [case for _, case in portal.store.kept.cases]
    tokens = [portal.parts.ids.derive("agency", str(case), "derbyshire-police") for case in cases]
    return [*cases[:2], *tokens[:2]]


@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_every_request_gets_an_answer_that_the_document_publishes(worked_portal, name):
    def client_of(number):
        organisation, role, study = CALLERS[number % len(CALLERS)]
        return worked_portal.client(organisation, role, study=study)

    found = await faults(name, requests(name, _known(worked_portal), MOST), client_of)

    assert found == []
