"""
What is different between two versions of a course, in words a reviewer can act on.

Sentences are compared first and words only inside those that changed, so that a moved comma does not look like a new
section, and a long text is compared in no time.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from goodstanding.core.courseware.bodies import hours_of_bodies
from goodstanding.core.courseware.credit import body_hours, credit_basis
from goodstanding.core.courseware.markdown import plain_text
from goodstanding.core.courseware.model import Course, Item, Node, PostTest, Pretest, Scenario, Section
from goodstanding.core.courseware.readability import split_sentences
from goodstanding.core.courseware.scenario import explore
from goodstanding.core.documents import Strict

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class TextDifference:
    """How one text became another: words gained and lost, and the sentences they stand in."""

    words_added: int
    words_removed: int
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.words_added:,} words added, {self.words_removed:,} removed"


@dataclass(frozen=True)
class Line:
    """One thing that was added, removed or changed, and how."""

    kind: Literal["added", "removed", "changed"]
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """The differences in one part of a course."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CourseDifference:
    """Everything that is different, by part; empty groups are left out."""

    groups: tuple[Group, ...]

    def __bool__(self) -> bool:
        return bool(self.groups)

    @property
    def lines(self) -> tuple[str, ...]:
        """The difference for a terminal."""
        return tuple(_shown(self))


def course_difference(old: Course, new: Course) -> CourseDifference:
    """What changed from `old` to `new`."""
    groups = (
        ("About the course", _about(old, new)),
        ("Objectives", _things(old.objectives, new.objectives, lambda one: one.id, _fields)),
        ("Order of the parts", _order(old, new)),
        ("Sections", _things(old.sections, new.sections, lambda one: one.id, _section)),
        ("Scenarios", _things(old.scenarios, new.scenarios, lambda one: one.id, _scenario)),
        ("Pretest", _pretest(old.pretest, new.pretest)),
        ("Post-test", _post_test(old.post_test, new.post_test)),
        ("References", _things(old.references, new.references, lambda one: one.id, _fields)),
        ("Duties", _things(old.duties, new.duties, lambda one: one.id, _fields)),
        ("Glossary", _things(old.glossary, new.glossary, lambda one: one.id, _fields)),
        ("Pictures", _things(old.images, new.images, lambda one: one.id, lambda a, b: _fields(a, b, quiet=("data",)))),
        ("Approval bodies", _things(old.approval_bodies, new.approval_bodies, lambda one: one.body, _fields)),
        ("Credit", _credit(old, new)),
    )
    found = ((title, tuple(lines)) for title, lines in groups)
    return CourseDifference(tuple(Group(title, lines) for title, lines in found if lines))


def text_difference(old: str, new: str) -> TextDifference:
    """How the Markdown text `old` became `new`, as a reader sees it."""
    before, after = split_sentences(plain_text(old)), split_sentences(plain_text(new))
    words_added = words_removed = 0
    added: list[str] = []
    removed: list[str] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        removed += before[a:b]
        added += after[c:d]
        gone, come = " ".join(before[a:b]).split(), " ".join(after[c:d]).split()
        matching = sum(block.size for block in difflib.SequenceMatcher(None, gone, come).get_matching_blocks())
        words_removed += len(gone) - matching
        words_added += len(come) - matching
    return TextDifference(words_added, words_removed, tuple(added), tuple(removed))


def _things(
    old: Sequence[_Thing],
    new: Sequence[_Thing],
    name: Callable[[_Thing], str],
    details: Callable[[_Thing, _Thing], Iterator[str]],
) -> Iterator[Line]:
    """Things that have ids, matched by them."""
    before, after = {name(one): one for one in old}, {name(one): one for one in new}
    for key, thing in after.items():
        if key not in before:
            yield Line("added", key)
        elif thing != before[key]:
            yield Line("changed", key, tuple(details(before[key], thing)))
    for key in before:
        if key not in after:
            yield Line("removed", key)


def _fields(old: Strict, new: Strict, *, quiet: tuple[str, ...] = ()) -> Iterator[str]:
    """The fields of one thing that are different; those that are long, or in `quiet`, by name only."""
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if name in quiet or not _is_short(before) or not _is_short(after):
            both = isinstance(before, str) and isinstance(after, str) and name not in quiet
            yield f"{name}: {text_difference(before, after)}" if both else f"{name} changed"
        else:
            yield f"{name}: {_brief(before)} → {_brief(after)}"


def _is_short(value: object) -> bool:
    return value is None or ((isinstance(value, bool | int | str) or not hasattr(value, "__len__")) and len(str(value)) <= 100)  # noqa: PLR2004


def _brief(value: object) -> str:
    return "none" if value is None else f"“{value}”" if isinstance(value, str) else str(value)


_ELSEWHERE = {
    *("objectives", "outline", "sections", "scenarios", "pretest", "post_test", "references", "duties", "glossary", "images"),
    *("approval_bodies", "version_note", "difficulty"),
}
"""Fields that have a group of their own, and the note that is different in every version."""


def _about(old: Course, new: Course) -> Iterator[Line]:
    for name in Course.model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in _ELSEWHERE or before == after:
            continue
        if isinstance(before, str) and isinstance(after, str) and not (_is_short(before) and _is_short(after)):
            yield Line("changed", name, (str(text_difference(before, after)),))
        elif _is_short(before) and _is_short(after):
            yield Line("changed", name, (f"{_brief(before)} → {_brief(after)}",))
        elif isinstance(before, Strict) and isinstance(after, Strict):
            yield Line("changed", name, tuple(_fields(before, after)))
        else:
            yield Line("changed", name)


def _order(old: Course, new: Course) -> Iterator[Line]:
    before, after = (list(course.outline) for course in (old, new))
    kept_before = [entry for entry in before if entry in after]
    kept_after = [entry for entry in after if entry in before]
    if kept_before != kept_after:
        yield Line("changed", " > ".join(entry.id for entry in after))


def _section(old: Section, new: Section) -> Iterator[str]:
    if old.text != new.text:
        change = text_difference(old.text, new.text)
        yield str(change) if change.words_added or change.words_removed else "only its marks and links changed"
    yield from (
        f"{name}: {_brief(getattr(old, name))} → {_brief(getattr(new, name))}"
        for name in ("title", "minutes", "content_note")
        if getattr(old, name) != getattr(new, name)
    )
    for name in ("objectives", "duties"):
        yield from _listed(name, getattr(old, name), getattr(new, name))


def _listed(name: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    come, gone = [one for one in new if one not in old], [one for one in old if one not in new]
    if come:
        yield f"{name} added: {', '.join(come)}"
    if gone:
        yield f"{name} removed: {', '.join(gone)}"
    if not come and not gone and old != new:
        yield f"{name} in another order"


def _scenario(old: Scenario, new: Scenario) -> Iterator[str]:
    for line in _things(old.nodes, new.nodes, lambda node: node.node_id, _node):
        yield f"scene {line.text} {line.kind}" + (f": {'; '.join(line.details)}" if line.details else "")
    before, after = explore(old), explore(new)
    if before.plays != after.plays:
        yield f"ways through: {before.plays:,} → {after.plays:,}"
    if (before.fewest_words, before.most_words) != (after.fewest_words, after.most_words):
        yield f"words of the shortest play: {before.fewest_words:,} → {after.fewest_words:,}"
    for name in ("title", "introduction", "start", "content_note", "setting", "state", "objectives"):
        if getattr(old, name) != getattr(new, name):
            yield f"{name} changed"


def _node(old: Node, new: Node) -> Iterator[str]:
    if old.text != new.text:
        yield str(text_difference(old.text, new.text))
    for line in _things(old.choices, new.choices, lambda choice: choice.choice_id, _fields):
        yield f"choice {line.text} {line.kind}" + (f" ({', '.join(line.details)})" if line.details else "")
    for line in _things(old.marks, new.marks, lambda mark: mark.mark_id, _fields):
        yield f"mark {line.text} {line.kind}"
    for name in Node.model_fields:
        if name not in ("node_id", "text", "choices", "marks") and getattr(old, name) != getattr(new, name):
            yield f"{name} changed"


def _items(old: Sequence[Item], new: Sequence[Item]) -> Iterator[Line]:
    yield from _things(old, new, lambda item: item.id, _item)


def _item(old: Item, new: Item) -> Iterator[str]:
    if old.key != new.key:
        yield f"key: {old.key} → {new.key}"
    if old.stem != new.stem:
        yield f"stem: {text_difference(old.stem, new.stem)}"
    for line in _things(old.options, new.options, lambda option: option.option_id, _fields):
        yield f"option {line.text} {line.kind}" + (f" ({', '.join(line.details)})" if line.details else "")
    for name in ("objective", "duty", "section", "cognitive_level", "ethics_component"):
        if getattr(old, name) != getattr(new, name):
            yield f"{name}: {_brief(getattr(old, name))} → {_brief(getattr(new, name))}"
    yield from _listed("references", old.references, new.references)


def _post_test(old: PostTest, new: PostTest) -> Iterator[Line]:
    for name in ("form_size", "pass_percent", "attempts_before_restudy"):
        if getattr(old, name) != getattr(new, name):
            yield Line("changed", name, (f"{getattr(old, name)} → {getattr(new, name)}",))
    yield from _items(old.items, new.items)


def _pretest(old: Pretest | None, new: Pretest | None) -> Iterator[Line]:
    yield from _items(old.items if old else (), new.items if new else ())
    if (old and old.spotting) != (new and new.spotting):
        yield Line("changed", "spotting")


def _credit(old: Course, new: Course) -> Iterator[Line]:
    before, after = credit_basis(old), credit_basis(new)
    for name in ("words", "items", "difficulty", "minutes"):
        if getattr(before, name) != getattr(after, name):
            yield Line("changed", name, (f"{getattr(before, name):,} → {getattr(after, name):,}",))
    hours = body_hours(before.minutes), body_hours(after.minutes)
    if hours[0] != hours[1]:
        yield Line("changed", "hours of 60 minutes", (f"{hours[0]} → {hours[1]}",))
    earlier = {body.body: body for body in hours_of_bodies(old, before.minutes)}
    for body in hours_of_bodies(new, after.minutes):
        if body.body in earlier and earlier[body.body].hours != body.hours:
            yield Line("changed", f"hours for {body.body}", (f"{earlier[body.body].hours} → {body.hours}",))


def _shown(difference: CourseDifference) -> Iterator[str]:
    for group in difference.groups:
        yield f"{group.title}:"
        for line in group.lines:
            yield f"  {line.kind}: {line.text}"
            for detail in line.details:
                yield f"    {detail}"
