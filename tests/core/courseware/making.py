"""The files of a small, sound course, as plain data that a test can change before it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FEEDBACK = {
    "verdict": "A good start that needs one more thought before you act on it.",
    "why": "She told you about her sleep, and that matters more than the coffee does at this moment.",
    "would_change": "A smaller town would change it.",
    "do_next": "Tell her how to reach you this week.",
    "source": "CODE A.1, edition in the references.",
}
RATIONALE = (
    "This answer picks up what was said in passing, and it keeps the door open for her. The fact in the scene that counts is "
    "the broken sleep. A different ending, or a longer time, could change the answer. What you do next is to say how she can reach you."
)


def course_yaml() -> dict[str, Any]:
    return {
        "slug": "small",
        "title": "A small course",
        "summary": "A course for tests.",
        "level": "beginning",
        "audience": "Those who test.",
        "professions": ["counselor"],
        "format": "asynchronous",
        "objectives": [{"id": "see", "text": "Identify what matters."}, {"id": "act", "text": "Choose what to do."}],
        "authors": ["Good Standing contributors"],
        "disclosure": "None.",
        "difficulty": {"value": 2, "status": "provisional", "reason": "It is small."},
        "topics": [{"share": 1, "topics": ["ethics"]}],
        "review_due": "2027-11-23",
        "version_note": "First.",
        "sections": [{"section": "01-first"}, {"scenario": "walk"}, {"section": "02-second"}],
        "evaluation": {
            "scale": ["low", "middle", "high"],
            "objective_question": "How well can you now do this:",
            "questions": [{"id": "useful", "kind": "rating", "text": "How useful was it?"}],
        },
        "attestation": "I did this myself.",
    }


def item(number: int, **changes: Any) -> dict[str, Any]:
    options = [
        {"option_id": name, "text": f"Do the {name} thing number {number}", "rationale": RATIONALE} for name in ("a", "b", "c")
    ]
    return {
        "id": f"item-{number}",
        "stem": f"You meet her in place {number}. What do you do?",
        "options": options,
        "key": "abc"[number % 3],
        "objective": ("see", "act")[number % 2],
        "duty": "care",
        "section": ("first", "second")[number % 2],
        "cognitive_level": "application",
        "references": ["code_2014"],
        **changes,
    }


def post_test_yaml() -> dict[str, Any]:
    return {"form_size": 4, "items": [item(number) for number in range(5)]}


def pretest_yaml() -> dict[str, Any]:
    items = [
        item(number, id=f"before-{number}", stem=f"He waits for you at door {number}. What do you do?") for number in range(4)
    ]
    marks = [
        {"mark_id": "envelope", "label": "The envelope", "weight": "central", "comment": "It is thick."},
        {"mark_id": "rain", "label": "The rain", "weight": "background", "comment": "It falls."},
    ]
    return {"items": items, "spotting": {"text": "He stands at the door with an envelope.", "marks": marks}}


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><circle cx="10" cy="10" r="5" fill="currentColor"/></svg>'


def sources_yaml() -> dict[str, Any]:
    standards = [
        {"code": "code_2014", "number": "A.1", "title": "Care", "verification": "read"},
        {"code": "code_2014", "number": "A.9", "title": "More care", "verification": "unverified"},
    ]
    return {
        "references": [
            {"id": "code_2014", "kind": "code", "authors": ["A body"], "title": "A code", "year": 2014, "verification": "read"},
            {"id": "act", "kind": "law", "authors": ["A state"], "title": "An act", "year": 2020, "verification": "read"},
            {"id": "book", "kind": "work", "authors": ["A writer"], "title": "A book", "year": 2010, "verification": "read"},
        ],
        "duties": [{"id": "care", "name": "Care", "paraphrase": "Take care.", "standards": standards}],
    }


def choice(name: str, following: str, **changes: Any) -> dict[str, Any]:
    return {
        "choice_id": name,
        "label": f"Do {name}.",
        "next": following,
        "rating": "sound",
        "duty_ids": ["care"],
        "feedback": dict(FEEDBACK),
        **changes,
    }


def scenario_yaml() -> dict[str, Any]:
    reason = "What is your reason?"
    return {
        "id": "walk",
        "title": "A walk",
        "introduction": "Everyone here is invented.",
        "objectives": ["see"],
        "start": "look",
        "state": {"spoke": False},
        "nodes": [
            {
                "node_id": "look",
                "kind": "notice",
                "text": "You look around.",
                "est_seconds": 30,
                "next": "turn",
                "marks": [
                    {"mark_id": "bird", "label": "The bird", "weight": "background", "comment": "It sings."},
                    {"mark_id": "face", "label": "Her face", "weight": "central", "comment": "She is tired."},
                ],
            },
            {
                "node_id": "turn",
                "kind": "decide",
                "text": "You turn.",
                "est_seconds": 30,
                "reason_prompt": reason,
                "choices": [choice("speak", "ask", set={"spoke": True}), choice("pass", "ask")],
            },
            {
                "node_id": "ask",
                "kind": "consult",
                "text": "Whom do you ask?",
                "est_seconds": 30,
                "reason_prompt": reason,
                "choices": [choice("peer", "evening"), choice("her", "evening", when={"spoke": True}), choice("nobody", "over")],
            },
            {
                "node_id": "evening",
                "kind": "consequence",
                "text": "It is evening now.",
                "est_seconds": 30,
                "branches": [{"when": {"spoke": True}, "next": "call"}],
                "next": "over",
            },
            {"node_id": "call", "kind": "reflect", "text": "She calls.", "est_seconds": 30, "next": "over"},
            {"node_id": "over", "kind": "end", "text": "The day ends.", "est_seconds": 30},
        ],
    }


FIRST = """---
id: first
title: First
objectives: [see]
---

::: case A beginning
You meet her, and she says that she sleeps badly. See [the next part](section:second).
:::

## What matters

Her sleep matters more than the coffee.
"""

SECOND = """---
id: second
title: Second
objectives: [act]
duties: [care]
---

You say how she can reach you.
"""


class _Plain(yaml.SafeDumper):
    """Writes values out where PyYAML would write an alias, which the product's reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class CourseFiles:
    """The files of one course in a folder, before they are written."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "courses" / "small"
        self.course = course_yaml()
        self.post_test = post_test_yaml()
        self.sources = sources_yaml()
        self.scenario = scenario_yaml()
        self.sections = {"01-first.md": FIRST, "02-second.md": SECOND}
        self.pretest: dict[str, Any] | None = None
        self.images: dict[str, bytes] = {}

    def write(self) -> Path:
        (self.folder / "scenarios").mkdir(parents=True, exist_ok=True)
        for name, data in (
            ("course.yaml", self.course),
            ("post_test.yaml", self.post_test),
            ("sources.yaml", self.sources),
            ("scenarios/walk.yaml", self.scenario),
            ("pretest.yaml", self.pretest),
        ):
            if data is None:
                continue
            text = yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True).replace("'2027-11-23'", "2027-11-23")
            (self.folder / name).write_text(text, encoding="utf-8")
        for name, text in self.sections.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        for name, content in self.images.items():
            (self.folder / "images").mkdir(exist_ok=True)
            (self.folder / "images" / name).write_bytes(content)
        return self.folder

    def node(self, node_id: str) -> dict[str, Any]:
        return next(node for node in self.scenario["nodes"] if node["node_id"] == node_id)
