"""A small course with two sections and a scenario between them, and the way through it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from goodstanding.accounts.models import User
from goodstanding.catalog.models import Approval
from goodstanding.catalog.services import publish_course
from goodstanding.core.courseware import Course
from goodstanding.learning import selectors, services
from goodstanding.learning.models import Enrollment, PostTestAttempt

AT = dt.datetime(2024, 11, 24, 5, 30, tzinfo=dt.UTC)
"""The evening of the 23rd in Los Angeles, already the 24th in UTC: a date taken from the wrong clock shows."""

TODAY = dt.date(2024, 11, 23)
SLUG = "the-small-course"

ANSWERS = {
    "objective-see": "4",
    "useful": "5",
    "open": "yes",
    "length": "about right",
    "minutes": "45",
}


def _feedback(name: str) -> dict[str, str]:
    return {
        "verdict": f"Verdict on {name}.",
        "why": "Because of the scene.",
        "would_change": "Another scene.",
        "do_next": "Go on.",
        "source": "A code, 1.",
    }


def _choice(name: str, to: str) -> dict[str, Any]:
    return {
        "choice_id": name,
        "label": f"Do {name}",
        "next": to,
        "rating": "sound",
        "feedback": _feedback(name),
        "duty_ids": ["care"],
    }


def _item(number: int, section: str) -> dict[str, Any]:
    return {
        "id": f"item-{number}",
        "stem": f"What do you do in case {number}?",
        "options": [
            {"option_id": name, "text": f"Answer {name}", "rationale": f"Reason {number}{name}."} for name in ("a", "b", "c")
        ],
        "key": "a",
        "objective": "see",
        "duty": "care",
        "section": section,
        "cognitive_level": "application",
        "references": ["code"],
    }


def small_course(**changes: Any) -> Course:
    """Sections `one` and `two`, the scenario `scene` between them, five questions of which four are needed."""
    data: dict[str, Any] = {
        "slug": SLUG,
        "title": "The small course",
        "subtitle": "A course for tests",
        "summary": "Small, and complete.",
        "level": "beginning",
        "audience": "Those who test.",
        "professions": ["counselor"],
        "format": "asynchronous",
        "objectives": [{"id": "see", "text": "Identify what matters."}],
        "authors": ["Good Standing contributors"],
        "disclosure": "No relations to disclose.",
        "difficulty": {"value": Decimal("2.5"), "status": "provisional", "reason": "It is small."},
        "topics": [{"share": Decimal(1), "topics": ["ethics"]}],
        "review_due": dt.date(2027, 11, 23),
        "version_note": "First.",
        "outline": [
            {"kind": "section", "id": "one"},
            {"kind": "scenario", "id": "scene"},
            {"kind": "section", "id": "two"},
        ],
        "sections": [
            {
                "id": "one",
                "title": "Section one",
                "objectives": ["see"],
                "duties": ["care"],
                "text": "First, see [the second](section:two).",
            },
            {"id": "two", "title": "Section two", "objectives": ["see"], "text": "Then, decide."},
        ],
        "scenarios": [
            {
                "id": "scene",
                "title": "A scene",
                "introduction": "The people are invented.",
                "objectives": ["see"],
                "start": "look",
                "nodes": [
                    {
                        "node_id": "look",
                        "kind": "notice",
                        "title": "Look",
                        "text": "Someone speaks to you.",
                        "marks": [
                            {"mark_id": "voice", "label": "The voice", "weight": "central", "comment": "It trembles."},
                            {"mark_id": "rain", "label": "The rain", "weight": "background", "comment": "Scenery."},
                        ],
                        "next": "decide",
                        "est_seconds": 60,
                    },
                    {
                        "node_id": "decide",
                        "kind": "decide",
                        "title": "Decide",
                        "text": "She waits.",
                        "reason_prompt": "Why?",
                        "choices": [_choice("stay", "after"), _choice("leave", "after")],
                        "est_seconds": 60,
                    },
                    {
                        "node_id": "after",
                        "kind": "consequence",
                        "title": "After",
                        "text": "Time passes.",
                        "next": "ask",
                        "est_seconds": 30,
                    },
                    {
                        "node_id": "ask",
                        "kind": "consult",
                        "title": "Ask",
                        "text": "Whom do you ask?",
                        "choices": [_choice("peer", "end"), _choice("nobody", "end")],
                        "est_seconds": 30,
                    },
                    {"node_id": "end", "kind": "end", "title": "The end", "text": "It ends.", "est_seconds": 10},
                ],
            }
        ],
        "post_test": {"form_size": 5, "items": [_item(number, "one" if number < 3 else "two") for number in range(6)]},
        "evaluation": {
            "scale": ["not at all", "a little", "fairly", "well", "very well"],
            "objective_question": "How well can you now do this:",
            "questions": [
                {"id": "useful", "kind": "rating", "text": "How useful was it?"},
                {"id": "open", "kind": "yes_no", "text": "Could you use all of it?"},
                {"id": "length", "kind": "choice", "text": "The length was", "options": ["too short", "about right", "too long"]},
                {"id": "minutes", "kind": "minutes", "text": "How many minutes did it take?"},
                {"id": "comments", "kind": "text", "text": "What should we mend?", "required": False},
            ],
        },
        "attestation": "I did this myself.",
        "references": [
            {"id": "code", "kind": "code", "authors": ["A body"], "title": "A code", "year": 2020, "verification": "unverified"}
        ],
        "duties": [
            {
                "id": "care",
                "name": "Care",
                "paraphrase": "Take care.",
                "standards": [{"code": "code", "number": "1", "title": "Care", "verification": "unverified"}],
            }
        ],
        **changes,
    }
    return Course.model_validate(data)


def with_pretest(**changes: Any) -> dict[str, Any]:
    """A pretest of two questions and a scene to notice in, as changes to the small course."""
    marks = [
        {"mark_id": "door", "label": "The open door", "weight": "central", "comment": "Anyone can listen."},
        {"mark_id": "rain", "label": "The rain", "weight": "background", "comment": "Scenery."},
    ]
    items = [
        {**_item(number, "one"), "id": f"pre-{number}", "stem": f"Before you begin, what about {number}?"} for number in (1, 2)
    ]
    return {"pretest": {"items": items, "spotting": {"text": "You come in.", "marks": marks}, **changes}}


def body_asking(**numbers: Any) -> dict[str, Any]:
    """What an approval body asks, as a change to the small course."""
    return {"approval_bodies": [{"body": "example", **numbers}]}


def approved(*, body: str = "example", first: dt.date = TODAY, last: dt.date = TODAY) -> Approval:
    """The sponsor has an approval by `body` for courses that one takes alone, in force from `first` to `last`."""
    record: Approval = Approval.objects.create(
        body=body,
        body_name="The example body",
        number="1",
        formats=["asynchronous"],
        valid_from=first,
        valid_to=last,
        statement="Approved, for tests.",
        evidence="approvals/none",
        evidence_name="none.pdf",
        evidence_type="application/pdf",
        evidence_sha256="0" * 64,
    )
    return record


def enrolled(user: User, **changes: Any) -> Enrollment:
    """`user` has started the small course."""
    publish_course(course=small_course(**changes), at=AT)
    return services.enroll(holder=user.holder, slug=SLUG, at=AT, on=TODAY)


def read(enrollment: Enrollment, *sections: str, at: dt.datetime = AT) -> None:
    for section in sections:
        services.finish_section(enrollment=enrollment, section_id=section, at=at)


def play(enrollment: Enrollment, *, at: dt.datetime = AT) -> None:
    """Through the scenario to its end."""
    services.start_run(enrollment=enrollment, scenario_id="scene", at=at)
    steps: list[dict[str, Any]] = [
        {"marks": ["voice"]},
        {"choice": "stay", "reason": "She needs an answer."},
        {},
        {"choice": "peer"},
    ]
    for position, step in enumerate(steps):
        services.take_step(enrollment=enrollment, scenario_id="scene", number=1, position=position, at=at, **step)


def studied(user: User, **changes: Any) -> Enrollment:
    """`user` stands before the post-test."""
    enrollment = enrolled(user, **changes)
    read(enrollment, "one")
    play(enrollment)
    read(enrollment, "two")
    return enrollment


def sit(enrollment: Enrollment, *, wrong: int = 0, at: dt.datetime = AT) -> PostTestAttempt:
    """One attempt, with the first `wrong` questions of the form answered wrongly."""
    attempt = services.start_attempt(enrollment=enrollment, at=at)
    asked = [question.item_id for question in selectors.questions_of(attempt)]
    answers = {item: "b" if place < wrong else "a" for place, item in enumerate(asked)}
    services.save_answers(attempt=attempt, answers=answers)
    return services.submit_attempt(attempt=attempt, at=at)


def passed_test(user: User, **changes: Any) -> Enrollment:
    """`user` has passed the post-test."""
    enrollment = studied(user, **changes)
    sit(enrollment)
    return enrollment


def evaluated(user: User, **changes: Any) -> Enrollment:
    """`user` stands before the attestation."""
    enrollment = passed_test(user, **changes)
    services.submit_evaluation(enrollment=enrollment, answers=ANSWERS, at=AT)
    return enrollment
