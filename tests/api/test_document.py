"""What the OpenAPI document permits, and what it does not, is sent to the API: no server error, and no answer that it does not name."""

from __future__ import annotations

from unittest import SkipTest

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from goodstanding.web.api import v1

pytestmark = [pytest.mark.django_db, pytest.mark.slow_once]


ADDRESSES = 5


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> BaseSchema:
    for name in ("READING", "WHOLE", "EVALUATING"):
        monkeypatch.setattr(v1, name, v1.Limit(f"document-{name}", times=10**9, seconds=60))
    served = get_wsgi_application()

    def from_somewhere(environ, start_response):
        return served({**environ, "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_ENCODING": "identity"}, start_response)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_somewhere)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_one_that_the_document_names(document: BaseSchema, mode: GenerationMode) -> None:
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) == ADDRESSES
    for operation in operations:
        try:
            cases = operation.as_strategy(generation_mode=mode)

            @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
            @given(case=cases)
            def ask(case: schemathesis.Case) -> None:
                # A document can not say which rules and topics there are, so a case may be refused that it permits.
                vocabulary = [positive_data_acceptance] if case.path.endswith("/evaluate") else []
                case.call_and_validate(excluded_checks=vocabulary)

            ask()
        except (Unsatisfiable, SkipTest):  # an address without parameters can not be asked for wrongly
            assert mode is GenerationMode.NEGATIVE
