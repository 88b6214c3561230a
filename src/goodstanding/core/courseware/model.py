"""
What a course is: frozen types, one for each thing an author writes.

A :class:`Course` holds everything that is needed to teach it, so that a published version can be stored as one JSON
document and played from there for as long as someone is enrolled in it, whatever happens to the files it came from.

Two promises make old versions readable for ever: a field that is added later has a default, and a default never changes
its meaning. What is empty by default and was left empty stays out of the JSON (:func:`course_to_json`), so adding a field
does not change the hash of a course that does not use it.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeGuard, TypeVar

from pydantic import AfterValidator, Discriminator, Tag, field_validator, model_validator

from goodstanding.core.documents import Number, Sequence, Strict

_IDENTIFIER = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*\Z")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]*\Z")


def _identifier(value: str) -> str:
    if not _IDENTIFIER.match(value) or len(value) > 80:  # noqa: PLR2004
        raise ValueError("an id is made of lower-case letters, digits and single hyphens or underscores, at most 80 characters")
    return value


def _text(value: str) -> str:
    value = value.strip()
    if not value:
        raise ValueError("the text is empty; write it, or remove the key if it is optional")
    return value


def _web_address(value: str) -> str:
    if not _WEB_ADDRESS.match(value):
        raise ValueError("a web address begins with http:// or https:// and names a host")
    return value


Identifier = Annotated[str, AfterValidator(_identifier)]
"""A short name by which other parts of a course point at this one."""

Text = Annotated[str, AfterValidator(_text)]
"""Words for a person to read; never empty. Longer texts may hold Markdown."""

WebAddress = Annotated[str, AfterValidator(_web_address)]

Profession = Literal["counselor", "psychologist", "social_worker", "mft"]
Level = Literal["beginning", "intermediate", "advanced"]
Verification = Literal["read", "partly_read", "unverified"]
"""Whether the cited place was read in a source; what is not is shown as unverified and never graded."""

EthicsComponent = Literal["sensitivity", "judgment", "motivation", "character"]
"""Which part of acting ethically a scene or an item trains: to see, to weigh, to want, to carry through."""

Flag = bool | int | str
"""The value of one thing a scenario remembers."""


class Condition(Strict):
    """What one remembered value must be, where equality says too little. All that is given must hold."""

    at_least: int | None = None
    at_most: int | None = None
    is_not: Flag | None = None
    one_of: Sequence[Flag] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if self.at_least is None and self.at_most is None and self.is_not is None and not self.one_of:
            raise ValueError("a condition says `at_least`, `at_most`, `is_not` or `one_of`")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("`at_least` lies above `at_most`, so the condition can never be true")
        return self

    def holds(self, value: Flag) -> bool:
        """Whether `value` is as the condition demands."""
        if self.at_least is not None and not (_counts(value) and value >= self.at_least):
            return False
        if self.at_most is not None and not (_counts(value) and value <= self.at_most):
            return False
        if self.is_not is not None and same_flag(value, self.is_not):
            return False
        return not self.one_of or any(same_flag(value, allowed) for allowed in self.one_of)


class Change(Strict):
    """A remembered whole number goes up by ``add``, or down if that is negative."""

    add: int


def same_flag(one: Flag, other: Flag) -> bool:
    """Whether two remembered values are the same; the type is compared too, for True is not 1 here."""
    return type(one) is type(other) and one == other


def _counts(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _kind_of_flag(value: object) -> str:
    return "mapping" if isinstance(value, dict | Strict) else "value"


Wanted = Annotated[Annotated[Flag, Tag("value")] | Annotated[Condition, Tag("mapping")], Discriminator(_kind_of_flag)]
"""What ``when`` asks of one remembered value: that it is this, or a condition."""

Assigned = Annotated[Annotated[Flag, Tag("value")] | Annotated[Change, Tag("mapping")], Discriminator(_kind_of_flag)]
"""What ``set`` does to one remembered value: it becomes this, or changes by an amount."""


class Objective(Strict):
    """What the learner can observably do afterwards."""

    id: Identifier
    text: Text


class TopicShare(Strict):
    """The share of the course's minutes (0 to 1) that is about all of these topics (ids of ``rules/topics.yaml``)."""

    share: Number
    topics: Sequence[Identifier]

    @model_validator(mode="after")
    def _within_bounds(self) -> TopicShare:
        if not 0 < self.share <= 1:
            raise ValueError(f"a share lies above 0 and at most at 1, not at {self.share}; write 0.5 for half of the minutes")
        if not self.topics:
            raise ValueError("a share names at least one topic; minutes without a topic are simply left out")
        return self


class Difficulty(Strict):
    """How hard the thinking is, 1 to 5, with the reason. Provisional until two named raters have signed."""

    value: Number
    status: Literal["provisional"]
    reason: Text

    @model_validator(mode="after")
    def _within_bounds(self) -> Difficulty:
        if not 1 <= self.value <= 5:  # noqa: PLR2004
            raise ValueError(f"difficulty lies between 1 (very easy) and 5 (very difficult), not at {self.value}")
        return self


class EvaluationQuestion(Strict):
    """One question of the evaluation form. ``rating`` answers on the form's scale; ``minutes`` with a whole number."""

    id: Identifier
    kind: Literal["rating", "yes_no", "choice", "minutes", "text"]
    text: Text
    options: Sequence[Text] = ()
    required: bool = True

    @model_validator(mode="after")
    def _options_fit_kind(self) -> EvaluationQuestion:
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("`options` belong to questions of the kind `choice`, and to no others")
        return self


class Evaluation(Strict):
    """What the learner is asked about the course. One rating per objective is asked in any case, before these."""

    scale: Sequence[Text]
    objective_question: Text
    questions: Sequence[EvaluationQuestion]

    @model_validator(mode="after")
    def _scale_has_steps(self) -> Evaluation:
        if len(self.scale) < 3:  # noqa: PLR2004
            raise ValueError("`scale` needs at least three steps, from the lowest to the highest")
        return self


class OutlineEntry(Strict):
    """One step of the course in its order: a section to read or a scenario to play."""

    kind: Literal["section", "scenario"]
    id: Identifier


class Section(Strict):
    """A part of the teaching text, as Markdown; render it with :func:`~goodstanding.core.courseware.render_markdown`."""

    id: Identifier
    title: Text
    objectives: Sequence[Identifier]
    duties: Sequence[Identifier] = ()
    minutes: int | None = None
    """The author's own estimate, where reading speed says too little (long tables, an exercise)."""
    content_note: Text | None = None
    """What a reader may want to know before opening it (abuse, suicide, sexual violation)."""
    text: Text


class Feedback(Strict):
    """
    The reasoning about one choice, in the order in which a colleague would give it.

    One line of verdict; why, tied to a fact of the scene; what would change the answer; one thing to do next; and where
    the duty is written.
    """

    verdict: Text
    why: Text
    would_change: Text
    do_next: Text
    source: Text

    @property
    def text(self) -> str:
        """All of it as one paragraph."""
        return f"{self.verdict} {self.why} {self.would_change} {self.do_next} {self.source}"


class Mark(Strict):
    """Something in a scene that a learner may mark as needing attention. There are no wrong marks, only weights."""

    mark_id: Identifier
    label: Text
    weight: Literal["central", "relevant", "background"]
    comment: Text


class Choice(Strict):
    """One thing the learner can do at a node; each is something a decent clinician could do."""

    choice_id: Identifier
    label: Text
    next: Identifier
    rating: Literal["strong", "sound", "costly"]
    feedback: Feedback
    duty_ids: Sequence[Identifier] = ()
    when: Mapping[str, Wanted] = {}
    """The choice is offered only if all that is remembered is as this asks."""
    set: Mapping[str, Assigned] = {}
    """What the scenario remembers once this is chosen."""


class Branch(Strict):
    """A way on that is taken if all of `when` holds; the first that fits wins over the node's ``next``."""

    when: Mapping[str, Wanted]
    next: Identifier


NodeKind = Literal["notice", "decide", "consequence", "reflect", "consult", "document", "end"]


class Node(Strict):
    """
    One scene of a scenario.

    ``notice`` has marks, and goes on by ``next``; ``decide``, ``consult`` and ``document`` have choices; ``consequence``
    and ``reflect`` only go on; ``end`` stops. Any node but the end may have marks. ``reason_prompt`` asks for the learner's
    reason before any feedback.
    """

    node_id: Identifier
    kind: NodeKind
    title: Text | None = None
    text: Text
    reason_prompt: Text | None = None
    marks: Sequence[Mark] = ()
    choices: Sequence[Choice] = ()
    branches: Sequence[Branch] = ()
    next: Identifier | None = None
    est_seconds: int
    ethics_component: EthicsComponent | None = None
    model_reasoning: Text | None = None
    """How an expert thinks at this point; shown beside the learner's own reason, after the play."""

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> Node:
        chooses = self.kind in ("decide", "consult", "document")
        if chooses and len(self.choices) < 2:  # noqa: PLR2004
            raise ValueError(f"a node of the kind `{self.kind}` needs at least two choices")
        if not chooses and self.choices:
            raise ValueError(f"a node of the kind `{self.kind}` has no choices; use `decide`, `consult` or `document`")
        if self.kind == "notice" and not self.marks:
            raise ValueError("a node of the kind `notice` needs `marks`: what there is to notice")
        if self.kind == "end" and (self.marks or self.reason_prompt is not None):
            raise ValueError("a node of the kind `end` asks for nothing: it has no `marks` and no `reason_prompt`")
        goes_on = self.kind in ("notice", "consequence", "reflect")
        if goes_on and self.next is None:
            raise ValueError(f"a node of the kind `{self.kind}` needs `next`, the node that follows")
        if not goes_on and (self.next is not None or self.branches):
            raise ValueError(f"a node of the kind `{self.kind}` has no `next` of its own and no `branches`")
        if self.est_seconds <= 0:
            raise ValueError("`est_seconds` must be above 0")
        return self


class Scenario(Strict):
    """A branching scene in a working day, as a graph of nodes. What it may remember is declared in ``state``."""

    id: Identifier
    title: Text
    introduction: Text
    """Says that the people are invented, and reminds to write no client details."""
    objectives: Sequence[Identifier]
    start: Identifier
    state: Mapping[str, Flag] = {}
    content_note: Text | None = None
    """What a learner may want to know before playing (abuse, suicide, sexual violation)."""
    setting: Text | None = None
    """Where it plays, in a word or two, where several scenarios vary one dilemma."""
    nodes: Sequence[Node]

    def node(self, node_id: str) -> Node:
        """The node with this id; KeyError if there is none."""
        return _by(self.nodes, "node_id", node_id)


class Option(Strict):
    """One answer to an item, with the reason why it is or is not the best one."""

    option_id: Identifier
    text: Text
    rationale: Text


class Item(Strict):
    """A question with one best answer, tied to what it tests and to where that is taught."""

    id: Identifier
    stem: Text
    options: Sequence[Option]
    key: Identifier
    objective: Identifier
    duty: Identifier
    section: Identifier
    cognitive_level: Literal["recall", "application", "analysis"]
    references: Sequence[Identifier]
    ethics_component: EthicsComponent | None = None

    @field_validator("key", mode="before")
    @classmethod
    def _one_key(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            raise ValueError("an item has one best answer, so `key` names one option; write another item for the other")  # noqa: TRY004
        return value

    def option(self, option_id: str) -> Option:
        """The option with this id; KeyError if there is none."""
        return _by(self.options, "option_id", option_id)


class PostTest(Strict):
    """The bank of items, how many make a form, and when a form is passed."""

    form_size: int
    pass_percent: int = 80
    attempts_before_restudy: int = 2
    items: Sequence[Item]

    @model_validator(mode="after")
    def _numbers_fit(self) -> PostTest:
        if not 1 <= self.form_size <= len(self.items):
            raise ValueError(f"`form_size` is {self.form_size}, but the bank holds {len(self.items)} items")
        if not 1 <= self.pass_percent <= 100:  # noqa: PLR2004
            raise ValueError(f"`pass_percent` lies between 1 and 100, not at {self.pass_percent}")
        if self.attempts_before_restudy < 1:
            raise ValueError("`attempts_before_restudy` must be at least 1")
        return self

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError if there is none."""
        return _by(self.items, "id", item_id)


class Spotting(Strict):
    """A scene without a label, in which a learner marks what needs attention; asked before the course and not graded."""

    text: Text
    marks: Sequence[Mark]


class Pretest(Strict):
    """What is asked before the first section: never graded, never drawn again, without feedback until the end."""

    items: Sequence[Item]
    spotting: Spotting | None = None
    skippable: bool = False
    """Whether a learner may go on to the first section without it."""

    @model_validator(mode="after")
    def _asks_something(self) -> Pretest:
        if not self.items:
            raise ValueError("a pretest asks at least one item")
        return self

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError if there is none."""
        return _by(self.items, "id", item_id)


class ApprovalBody(Strict):
    """
    What one approval body counts and asks. It claims no approval: those are recorded, with evidence, by the sponsor.

    Every number is configuration, because bodies change theirs; what is not given, the body does not ask.
    """

    body: Identifier
    minutes_per_hour: int = 60
    increment: Number = Decimal("0.25")
    items_per_hour: int | None = None
    pass_percent: int | None = None
    attempts_before_restudy: int | None = None
    attempts_in_all: int | None = None
    evaluation_note: Text | None = None
    evaluation_questions: Sequence[EvaluationQuestion] = ()

    @model_validator(mode="after")
    def _numbers_fit(self) -> ApprovalBody:
        for name in ("minutes_per_hour", "increment", "items_per_hour", "attempts_before_restudy", "attempts_in_all"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"`{name}` must be above 0, not {value}")
        if self.pass_percent is not None and not 1 <= self.pass_percent <= 100:  # noqa: PLR2004
            raise ValueError(f"`pass_percent` lies between 1 and 100, not at {self.pass_percent}")
        return self


class Image(Strict):
    """A picture, carried inside the version, because a version is played without its files."""

    id: Identifier
    media_type: Literal["image/svg+xml", "image/png", "image/jpeg"]
    width: int
    height: int
    data: str
    """The file in base64."""

    @property
    def content(self) -> bytes:
        """The file itself."""
        return base64.b64decode(self.data)


class Term(Strict):
    """A word of the field, explained where it is used: ``[dual relationship](term:dual-relationship)``."""

    id: Identifier
    term: Text
    definition: Text
    references: Sequence[Identifier] = ()


class Reference(Strict):
    """A work the course rests on: who, what, when, where, and whether it was read for this course."""

    id: Identifier
    kind: Literal["code", "law", "work", "guidance"]
    authors: Sequence[Text]
    title: Text
    year: int
    edition: Text | None = None
    url: WebAddress | None = None
    verification: Verification
    note: Text | None = None


class Standard(Strict):
    """A numbered place in a code. A number says nothing without its code's edition, so it is always with its reference."""

    code: Identifier
    """The id of a reference of the kind ``code``."""
    number: Text
    title: Text
    verification: Verification


class Duty(Strict):
    """A duty in our own words, and where the codes write it."""

    id: Identifier
    name: Text
    paraphrase: Text
    standards: Sequence[Standard]


class Course(Strict):
    """Everything about one version of one course. Immutable; its identity is :func:`course_hash`."""

    schema_version: Literal[1] = 1
    slug: Identifier
    title: Text
    subtitle: Text | None = None
    summary: Text
    level: Level
    audience: Text
    professions: Sequence[Profession]
    format: Literal["asynchronous"]
    objectives: Sequence[Objective]
    authors: Sequence[Text]
    disclosure: Text
    difficulty: Difficulty
    topics: Sequence[TopicShare]
    review_due: dt.date
    version_note: Text
    outline: Sequence[OutlineEntry]
    sections: Sequence[Section]
    scenarios: Sequence[Scenario] = ()
    post_test: PostTest
    evaluation: Evaluation
    attestation: Text
    references: Sequence[Reference]
    duties: Sequence[Duty]
    pretest: Pretest | None = None
    approval_bodies: Sequence[ApprovalBody] = ()
    glossary: Sequence[Term] = ()
    images: Sequence[Image] = ()

    def section(self, section_id: str) -> Section:
        """The section with this id; KeyError if there is none."""
        return _by(self.sections, "id", section_id)

    def scenario(self, scenario_id: str) -> Scenario:
        """The scenario with this id; KeyError if there is none."""
        return _by(self.scenarios, "id", scenario_id)

    def objective(self, objective_id: str) -> Objective:
        """The objective with this id; KeyError if there is none."""
        return _by(self.objectives, "id", objective_id)

    def duty(self, duty_id: str) -> Duty:
        """The duty with this id; KeyError if there is none."""
        return _by(self.duties, "id", duty_id)

    def reference(self, reference_id: str) -> Reference:
        """The reference with this id; KeyError if there is none."""
        return _by(self.references, "id", reference_id)

    def term(self, term_id: str) -> Term:
        """The glossary entry with this id; KeyError if there is none."""
        return _by(self.glossary, "id", term_id)

    def image(self, image_id: str) -> Image:
        """The picture with this id; KeyError if there is none."""
        return _by(self.images, "id", image_id)

    @property
    def evaluation_questions(self) -> tuple[EvaluationQuestion, ...]:
        """The whole evaluation form in its order: one required rating per objective, then the form's own questions."""
        ratings = (
            EvaluationQuestion(
                id=f"objective-{objective.id}",
                kind="rating",
                text=f"{self.evaluation.objective_question} {objective.text}",
            )
            for objective in self.objectives
        )
        return (*ratings, *self.evaluation.questions)


_Model = TypeVar("_Model", bound=Strict)


def _by(items: tuple[_Model, ...], name: str, value: str) -> _Model:
    for item in items:
        if getattr(item, name) == value:
            return item
    raise KeyError(value)


def course_to_json(course: Course) -> dict[str, Any]:
    """The course as plain JSON data, without what was left empty; :func:`course_from_json` gives back an equal course."""
    data = _lean(course, course.model_dump(mode="json"))
    assert isinstance(data, dict)
    return data


def course_from_json(data: Mapping[str, Any] | str) -> Course:
    """The course stored as `data` (text, or as read from a JSON column); pydantic's ValidationError if it is not one."""
    text = data if isinstance(data, str) else json.dumps(data)
    return Course.model_validate_json(text)


def course_hash(course: Course) -> str:
    """The SHA-256, in hexadecimal, of the course's canonical JSON: sorted keys, no spaces, UTF-8, decimals as text."""
    text = json.dumps(course_to_json(course), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _lean(value: object, dumped: Any) -> Any:
    """`dumped`, the plain form of `value`, without the fields that reading would fill with the same emptiness."""
    if isinstance(value, Strict):
        fields = type(value).model_fields
        return {
            name: _lean(getattr(value, name), part)
            for name, part in dumped.items()
            if part not in (None, [], {}) or fields[name].is_required() or getattr(value, name) != fields[name].default
        }
    if isinstance(value, tuple):
        return [_lean(part, plain) for part, plain in zip(value, dumped, strict=True)]
    if isinstance(value, Mapping):
        return {name: _lean(part, dumped[name]) for name, part in value.items()}
    return dumped


def topic_minutes(course: Course, minutes: Decimal) -> tuple[tuple[tuple[str, ...], Decimal], ...]:
    """The course's `minutes` split by its topic shares, to the hundredth of a minute, each rounded down."""
    return tuple(
        (part.topics, (minutes * part.share).quantize(Decimal("0.01"), rounding="ROUND_FLOOR")) for part in course.topics
    )
