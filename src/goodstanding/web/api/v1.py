"""
The open API, version 1: the rules as data, and the evaluation of a case that the caller holds.

Nothing of what is sent is kept, and nothing here knows who asks: a session cookie changes no answer. Every answer is made by the functions that
the pages and the command line use. Ids and keys stay what they are; what is added later is a further key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from pydantic import Field

from goodstanding.core.documents import DocumentError
from goodstanding.core.rules.case import Case, case_from_json
from goodstanding.core.rules.clauses import Profession
from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.outcome import to_json
from goodstanding.core.rules.published import rule_in_words, rule_to_json, rules_to_csv, summaries
from goodstanding.kept import Kept
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.limits import Limit

__all__ = ["api", "urlpatterns"]

READING = Limit("api", times=600, seconds=600)
WHOLE = Limit("api-whole", times=60, seconds=600)
EVALUATING = Limit("api-evaluate", times=120, seconds=600)
MOST_BYTES = 512 * 1024
LICENSE = {
    "name": "CC BY 4.0",
    "url": "https://creativecommons.org/licenses/by/4.0/",
    "cite": "Good Standing contributors, continuing-education rules of licensing boards",
}

api = NinjaAPI(
    title="Good Standing",
    version="1",
    description=(
        "What licensing boards ask for, as dated rules that cite their sources, and what a clinician still owes under them. "
        "Check with the board before you rely on an answer. The rules are licensed under CC BY 4.0."
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api-v1",
)


Place = Annotated[str, Field(pattern=r"^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$")]
"""The code of a jurisdiction, in capitals or not."""


class Problem(Schema):
    """What is wrong with a request, and how to mend it."""

    problem: str
    mend: str = ""
    line: int | None = Field(None, description="The line of the text that was sent.")


class Refusal(Schema):
    problems: list[Problem]


class Summary(Schema):
    """One rule for one profession."""

    id: str = Field(description="Such as us/ca/lpcc; it never changes.")
    jurisdiction: str = Field(description="ISO 3166-2, such as US-CA; US for an interstate compact.")
    profession: Profession
    license_types: list[str]
    confidence: str
    title: str
    board: str
    checked_on: dt.date = Field(description="The day on which the sources were last read.")
    rule_version: str = Field(description="A digest of the rule file.")


class RuleList(Schema):
    license: dict[str, str]
    count: int
    rules: list[Summary]


class LimitReachedError(Exception):
    """Too many requests from one address."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit.name)
        self.seconds = limit.seconds


@api.exception_handler(LimitReachedError)
def _too_many(request: HttpRequest, reached: LimitReachedError) -> HttpResponse:
    del request
    answer = _refuse(
        HTTPStatus.TOO_MANY_REQUESTS, "Too many requests from this address.", f"Try again in {reached.seconds} seconds."
    )
    answer.headers["Retry-After"] = str(reached.seconds)
    return answer


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    problems = [
        {"problem": f"{'.'.join(str(step) for step in one['loc'][1:])}: {one['msg']}", "mend": ""} for one in error.errors
    ]
    return _json({"problems": problems}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _refuse(status: HTTPStatus, problem: str, mend: str = "") -> HttpResponse:
    return _json({"problems": [{"problem": problem, "mend": mend}]}, status=status)


def _json(data: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type="application/json; charset=utf-8", status=status)


def _count(request: HttpRequest, limit: Limit) -> None:
    if limit.exceeded(request):
        raise LimitReachedError(limit)


_kept: Kept[tuple[str, ...], tuple[bytes, str]] = Kept(256)


def _revalidated(
    request: HttpRequest, key: tuple[str, ...], make: Callable[[], str], content_type: str, name: str = ""
) -> HttpResponse:
    """What depends on the rules alone, made once and sent only to who does not have it."""

    def made() -> tuple[bytes, str]:
        content = make().encode()
        return content, hashlib.sha256(content).hexdigest()[:32]

    content, digest = _kept.get((rulebook().version, *key), made)
    answer = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
    answer.headers["ETag"] = etag = f'"{digest}"'
    if name:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(answer, public=True, max_age=300)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=answer) or answer


def _whole(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


_NOT_FOUND = {404: Refusal, 422: Refusal, 429: Refusal}


@api.get("/rules", response={200: RuleList, 422: Refusal, 429: Refusal}, url_name="api-rules", summary="List the rules")
def rule_list(request: HttpRequest, jurisdiction: Place | None = None, profession: Profession | None = None) -> Any:
    """One entry for each rule and profession; `jurisdiction` is a code such as US-CA."""
    _count(request, READING)

    def make() -> str:
        found = [
            one
            for one in summaries(rulebook())
            if (jurisdiction is None or one["jurisdiction"] == jurisdiction.upper())
            and (profession is None or one["profession"] == profession)
        ]
        return _whole({"license": LICENSE, "count": len(found), "rules": found})

    return _revalidated(request, ("list", (jurisdiction or "").upper(), profession or ""), make, "application/json")


@api.get("/rules.json", response={200: dict, 429: Refusal}, url_name="api-rules-json", summary="All rules as one JSON file")
def all_rules(request: HttpRequest) -> Any:
    """Every rule whole, with its sources, open questions and dates, and the vocabularies that they use."""
    _count(request, WHOLE)

    def make() -> str:
        book = rulebook()
        return _whole(
            {
                "license": LICENSE,
                "version": book.version,
                "topics": {name: topic.model_dump(mode="json") for name, topic in book.topics.topics.items()},
                "facts": {name: fact.model_dump(mode="json", exclude_none=True) for name, fact in book.facts.items()},
                "approval_bodies": {name: body.model_dump(mode="json") for name, body in book.approvals.items()},
                "rules": {rule_id: rule_to_json(book[rule_id]) for rule_id in book},
            }
        )

    return _revalidated(request, ("all",), make, "application/json", "good-standing-rules.json")


@api.get(
    "/rules.csv", response={200: str, 429: Refusal}, url_name="api-rules-csv", summary="All requirements and caps as one CSV file"
)
def all_rules_csv(request: HttpRequest) -> Any:
    """A line for each requirement and cap, with its hours, its dates, the same in words, and its sources."""
    _count(request, WHOLE)
    today = timezone.localdate()
    return _revalidated(
        request,
        ("csv", today.isoformat()),
        lambda: rules_to_csv(rulebook(), on=today, license_=f"{LICENSE['name']}: {LICENSE['cite']}"),
        "text/csv",
        "good-standing-rules.csv",
    )


@api.get("/rules/{path:rule_id}", response={200: dict, **_NOT_FOUND}, url_name="api-rule", summary="One rule")
def one_rule(request: HttpRequest, rule_id: str, on: dt.date | None = None) -> Any:
    """One rule whole, as the file has it, and in plain words; with `on`, only the requirements in force that day."""
    _count(request, READING)
    book = rulebook()
    if rule_id not in book:
        return _refuse(HTTPStatus.NOT_FOUND, f"There is no rule {rule_id[:100]}.", "GET /api/v1/rules lists them.")
    day = on or timezone.localdate()

    def make() -> str:
        data = rule_to_json(book[rule_id], on=on)
        return _whole({"license": LICENSE, **data, "in_words": rule_in_words(book[rule_id], book, on=day)})

    return _revalidated(request, ("one", rule_id, str(on), day.isoformat()), make, "application/json")


_CASE = Case.model_json_schema(ref_template="#/components/schemas/{model}")
_CASE_PARTS = _CASE.pop("$defs")
_BODY = {
    "requestBody": {
        "required": True,
        "description": "Licenses and credits, with the keys of a case file. Days are text like 2026-11-23.",
        "content": {"application/json": {"schema": _CASE}},
    }
}


@api.post("/evaluate", response={200: dict, 400: Refusal, 413: Refusal, 422: Refusal, 429: Refusal}, url_name="api-evaluate", summary="Evaluate a case", openapi_extra=_BODY)  # fmt: skip
def evaluate_case(request: HttpRequest) -> Any:
    """
    What the licenses of the case still owe, in the shape of `goodstanding evaluate --json`. Nothing of it is stored.

    Without `on`, the answer is for today.
    """
    _count(request, EVALUATING)
    if len(request.body) > MOST_BYTES:
        return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A case has at most {MOST_BYTES:,} bytes.", "Send fewer credits.")
    try:
        text = request.body.decode()
    except UnicodeDecodeError:
        return _refuse(HTTPStatus.BAD_REQUEST, "The text is not UTF-8.", "Send it with the encoding UTF-8.")
    book = rulebook()
    try:
        case = case_from_json(text, book)
    except DocumentError as error:
        problems = [{"problem": one.problem, "mend": one.mend, "line": one.line} for one in error.findings]
        return _json({"problems": problems}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    answer = evaluate(case.licenses, case.credits, book, case.on or timezone.localdate())
    return _json(to_json(answer))


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document of this API."""

    def make() -> str:
        schema = api.get_openapi_schema(path_prefix="/api/v1/")
        schema["servers"] = [{"url": settings.PUBLIC_URL}]
        schema["components"]["schemas"].update(_CASE_PARTS)
        table = schema["paths"]["/api/v1/rules.csv"]["get"]["responses"][HTTPStatus.OK]
        table["content"] = {"text/csv": {"schema": {"type": "string"}}}
        return json.dumps(schema, ensure_ascii=False)

    return _revalidated(request, ("openapi",), make, "application/json")


urlpatterns = [
    path("openapi.json", openapi, name="api-openapi"),
    *(one for one in api.urls[0] if getattr(one, "name", "") != "api-root"),
]
