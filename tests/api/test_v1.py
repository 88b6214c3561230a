"""The open API: rules as data, evaluation of a case, and an OpenAPI document that says what is true."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from goodstanding.core.rules.evaluate import evaluate
from goodstanding.core.rules.outcome import to_json
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.api import v1
from tests.rules.situations import files, situations

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]


def send(client: Client, case: Any, **more: Any):
    body = (
        case
        if isinstance(case, str | bytes)
        else json.dumps(case, default=lambda value: float(value) if isinstance(value, Decimal) else str(value))
    )
    return client.post("/api/v1/evaluate", body, content_type="application/json", **more)


def a_case(**more: Any) -> dict[str, Any]:
    return {
        "on": "2026-11-23",
        "licenses": [{"rule": "us/ca/lpcc", "issued": "2019-05-10", "expires": "2027-05-31", "renewals": 3}],
        "credits": [
            {"id": "c1", "completed": "2026-03-01", "quantity": {"amount": 1.5, "unit": "hour"}, "parts": [{"amount": 1.5, "topics": ["ethics"]}]}
        ],
    } | more  # fmt: skip


def test_the_rules_are_listed_and_chosen_by_place_and_profession(client: Client) -> None:
    whole = client.get("/api/v1/rules").json()
    assert whole["count"] == len(whole["rules"]) >= len(rulebook().rules)
    assert whole["license"]["name"] == "CC BY 4.0"
    some = client.get("/api/v1/rules?jurisdiction=us-ca&profession=mft").json()["rules"]
    assert [(one["id"], one["rule_version"]) for one in some] == [("us/ca/lmft", rulebook()["us/ca/lmft"].version)]
    assert client.get("/api/v1/rules?jurisdiction=US-XX").json()["count"] == 0


def test_one_rule_is_the_file_and_the_same_in_words(client: Client) -> None:
    rule = client.get("/api/v1/rules/us/ca/lpcc").json()
    assert (rule["id"], rule["rule_version"]) == ("us/ca/lpcc", rulebook()["us/ca/lpcc"].version)
    total = next(one for one in rule["requirements"] if one["id"] == "total")
    assert (total["hours"], total["in_force"]["by"]) == (36, rulebook()["us/ca/lpcc"].file.in_force.by)
    assert {"id": "total", "label": total["label"], "text": "36 hours in all in each period.", "in_force": True} in rule[
        "in_words"
    ]
    then = client.get("/api/v1/rules/us/ca/lpcc?on=2023-07-01").json()["requirements"]
    assert len(then) < len(rule["requirements"])


def test_all_rules_as_one_file(client: Client) -> None:
    answer = client.get("/api/v1/rules.json")
    data = answer.json()
    assert set(data["rules"]) == set(rulebook())
    assert {"topics", "facts", "approval_bodies", "license", "version"} <= set(data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="good-standing-rules.json"'


def test_all_rules_as_a_table(client: Client) -> None:
    rows = list(csv.DictReader(client.get("/api/v1/rules.csv").content.decode().splitlines()))
    files_ = [rulebook()[rule_id].file for rule_id in rulebook()]
    assert len(rows) == sum(len(file.requirements) + len(file.caps) for file in files_)
    (ethics,) = [row for row in rows if (row["rule"], row["id"], row["part"]) == ("us/ca/lpcc", "ethics", "requirement")]
    assert (ethics["hours"], ethics["frequency"], ethics["professions"]) == ("6", "each_renewal", "counselor")
    assert {row["license"] for row in rows} == {
        "CC BY 4.0: Good Standing contributors, continuing-education rules of licensing boards"
    }
    assert not [value for row in rows for value in row.values() if value[:1] in ("=", "+", "-", "@")]


def test_what_somebody_has_is_not_sent_again(client: Client) -> None:
    for address in ("rules", "rules.json", "rules.csv", "rules/us/ca/lpcc", "openapi.json"):
        first = client.get(f"/api/v1/{address}")
        again = client.get(f"/api/v1/{address}", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_evaluating_is_the_same_as_on_the_command_line(client: Client) -> None:
    for rule_id in ("us/ca/lpcc", "us/in/lmhc", "us/mi/lmsw"):
        for situation in situations(rule_id, files()[rule_id])[:4]:
            case = situation.case(rulebook())
            assert case.on is not None
            answer = send(client, situation.data)
            assert answer.status_code == 200, answer.content
            assert answer.json() == json.loads(json.dumps(to_json(evaluate(case.licenses, case.credits, rulebook(), case.on))))


def test_facts_that_are_days_are_days(client: Client) -> None:
    license_ = {"rule": "us/in/psychologist", "facts": {"hspp": True, "hspp_since": "2020-05-01"}}
    assert send(client, a_case(licenses=[license_])).status_code == 200
    wrong = send(client, a_case(licenses=[{**license_, "facts": {"hspp": True, "hspp_since": "soon"}}]))
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("case", "status", "words"),
    [
        ("{", 422, "not valid"),
        ("[]", 422, "mapping"),
        (b"\xff\xfe", 400, "UTF-8"),
        (a_case(licenses=[{"rule": "us/ca/lpc"}]), 422, "There is no rule `us/ca/lpc`."),
        (a_case(on="tomorrow"), 422, "on"),
        (a_case(unknown=1), 422, "unknown"),
        ({"licenses": []}, 422, "licenses"),
        ("x" * (v1.MOST_BYTES + 1), 413, "bytes"),
    ],
)
def test_a_case_that_is_not_valid_gets_problem_and_mend(client: Client, case: Any, status: int, words: str) -> None:
    answer = send(client, case)
    assert answer.status_code == status
    (first, *_) = answer.json()["problems"]
    assert words in first["problem"] + first["mend"]


def test_what_is_not_there_is_json_as_well(client: Client) -> None:
    missing = client.get("/api/v1/rules/us/xx/nothing")
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "application/json; charset=utf-8")
    nowhere = client.get("/api/v1/nothing")
    assert (nowhere.status_code, nowhere.json()["problems"][0]["problem"]) == (404, "There is nothing at this address.")
    assert client.get("/api/v1/rules?profession=dentist").status_code == 422
    assert client.get("/api/v1/rules/us/ca/lpcc?on=never").json()["problems"][0]["problem"].startswith("on:")


def test_a_caller_who_asks_without_end_is_asked_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(v1, "EVALUATING", v1.Limit("api-evaluate", times=2, seconds=60))
    assert [send(client, a_case()).status_code for _ in range(3)] == [200, 200, 429]
    last = send(client, a_case())
    assert last.headers["Retry-After"] == "60"


def test_nobody_s_session_changes_an_answer_and_no_token_is_asked(signed_in: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    assert send(strict, a_case()).json() == send(Client(), a_case()).json()


def test_the_examples_of_the_documentation_work(client: Client) -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    asked = [line.split()[1] for line in text.splitlines() if line.startswith("GET /")]
    assert len(asked) >= 5
    for address in asked:
        assert client.get(address).status_code == 200, address
    sent = text.split("POST /api/v1/evaluate\n\n```json\n")[1].split("```")[0]
    answer = send(client, sent)
    assert answer.status_code == 200
    promised = json.loads(text.split("answers, among others:\n\n```json\n")[1].split("```")[0])
    (evaluation,) = answer.json()["evaluations"]
    assert {key: evaluation[key] for key in promised} == promised
