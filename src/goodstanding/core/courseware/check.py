"""
Faults in courses, each with file, line and mend: what ``goodstanding check courses`` prints.

First whatever keeps a course from being played (:mod:`.load`), then, for courses that can be, what makes them worse to
learn from. The lints of test items and the limits of feedback come from published item-writing research; each function
names its lint as the authors' guide does (``mcq_three_options`` and so on), and ``docs/decisions/0012-course-lints.md`` says
why each stands where it does.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from goodstanding.core.courseware.load import (
    COURSE_FILE,
    CourseFolder,
    course_folders,
    read_course_folder,
)
from goodstanding.core.courseware.markdown import (
    INTERNAL_LINK,
    markdown_headings,
    markdown_images,
    markdown_links,
    plain_text,
    typed_blocks,
)
from goodstanding.core.courseware.model import Item, Node, Scenario
from goodstanding.core.courseware.readability import grade_level, split_sentences
from goodstanding.core.courseware.scenario import explore
from goodstanding.core.documents import Document, DocumentError, Finding, Location, read_document

OPTIONS = 3
LONGEST_KEY = 1.25
"""A key may be this much longer than the longest other option before its length gives it away."""
APPLICATION_SHARE = 0.6
FEEDBACK_WORDS = (40, 120)
LONGEST_SENTENCE = 35
HIGHEST_GRADE = {"section": 12, "feedback": 10, "stem": 10}
GRADE_ALLOWANCE = 2
"""Professional words (confidentiality, consultation) count as hard though the reader uses them daily."""

_VAGUE_VERBS = (
    "understand",
    "know",
    "learn",
    "appreciate",
    "be aware",
    "become aware",
    "become familiar",
    "be familiar",
    "grasp",
)
_NEGATIVE = re.compile(r"\b(not|except|least|never)\b|n['’]t\b")
_ALL_OR_NONE = re.compile(
    r"\b(all|none|both|neither) of the (above|others?|options?|answers?)\b|\b(both )?[ABC] and [ABC]\b", re.IGNORECASE
)
_ABSOLUTE = re.compile(r"\b(always|never|only)\b", re.IGNORECASE)
_VAGUE = re.compile(r"\b(usually|often|rarely|sometimes|frequently|seldom|occasionally)\b", re.IGNORECASE)


def check_courses(path: Path) -> list[Finding]:
    """
    What is wrong with the course folder at `path`, or with every course in the folder of courses at `path`; in order.

    A folder is a course if it holds a course.yaml; topics are checked where ``rules/topics.yaml`` stands beside ``courses/``.
    """
    if not path.is_dir():
        return [Finding(str(path), 1, "There is no such folder.", "Name the folder of courses, or one course folder.")]
    if (path / COURSE_FILE).is_file():
        folders: tuple[Path, ...] = (path,)
        root = path.resolve().parent
    else:
        folders = course_folders(path)
        root = path.resolve()
        if not folders:
            return [Finding(str(path), 1, "There is no course in this folder.", "Add a folder that holds a course.yaml.")]
    findings: list[Finding] = []
    try:
        topics = _known_topics(root.parent / "rules" / "topics.yaml")
    except DocumentError as error:
        topics = None
        findings.extend(error.findings)
    for folder in folders:
        try:
            course = read_course_folder(folder)
        except DocumentError as error:
            findings.extend(error.findings)
            continue
        findings.extend(_faults(course, topics))
    return sorted(findings)


def _known_topics(path: Path) -> frozenset[str] | None:
    """The topic ids of the rules, or None where there are no rules beside the courses."""
    if not path.is_file():
        return None
    data = read_document(path).data
    topics = data.get("topics") if isinstance(data, dict) else None
    return frozenset(topics) if isinstance(topics, dict) else None


def _faults(folder: CourseFolder, topics: frozenset[str] | None) -> Iterator[Finding]:
    yield from _about(folder, topics)
    yield from _texts(folder)
    for scenario in folder.course.scenarios:
        yield from check_scenario(scenario, folder.scenarios[scenario.id])
    yield from _post_test(folder)


def _about(folder: CourseFolder, topics: frozenset[str] | None) -> Iterator[Finding]:
    course, about = folder.course, folder.about
    for number, objective in enumerate(course.objectives):
        at: Location = ("objectives", number, "text")
        for verb in _VAGUE_VERBS:
            if re.match(rf"(to )?{verb}\b", objective.text, re.IGNORECASE):
                yield about.finding(
                    at,
                    f"The objective `{objective.id}` begins with “{verb}”, which nobody can observe.",
                    "Begin with what the learner will do: identify, compare, weigh, compose.",
                )
    shares = sum(part.share for part in course.topics)
    if shares > 1:
        yield about.finding(("topics",), f"The topic shares add up to {shares}.", "Together they can not be more than 1.")
    for number, part in enumerate(course.topics):
        for place, topic in enumerate(part.topics):
            # A topic that depends on a state has the state at its end: ethics_us_ky.
            if topics is not None and re.sub(r"_us_[a-z]{2}\Z", "", topic) not in topics:
                yield about.finding(
                    ("topics", number, "topics", place),
                    f"There is no topic `{topic}` in rules/topics.yaml.",
                    "Use a topic from there, or add it there first.",
                )
    sources = len(course.references)
    if sources < 3:  # noqa: PLR2004
        yield folder.sources.finding(("references",), f"The course names {sources} references.", "Name at least three.")
    asked = {item.objective for item in course.post_test.items}
    taught = {objective for section in course.sections for objective in section.objectives}
    for number, objective in enumerate(course.objectives):
        if objective.id not in asked:
            yield about.finding(
                ("objectives", number), f"No item asks about the objective `{objective.id}`.", "Write one, or drop the objective."
            )
        if objective.id not in taught:
            yield about.finding(
                ("objectives", number),
                f"No section teaches the objective `{objective.id}`.",
                "Name it in the front matter of the section that does.",
            )


def _texts(folder: CourseFolder) -> Iterator[Finding]:
    course = folder.course
    targets = {
        "section": {section.id for section in course.sections},
        "scenario": {scenario.id for scenario in course.scenarios},
        "reference": {reference.id for reference in course.references},
        "duty": {duty.id for duty in course.duties},
    }
    laws = {reference.id for reference in course.references if reference.kind == "law"}
    unverified = _unverified_numbers(folder)
    for section in course.sections:
        place = folder.sections[section.id]
        for line, text in enumerate(section.text.split("\n"), start=1):
            for number in unverified:
                if _names(text, number) and "verified" not in text:
                    yield place.finding(
                        line,
                        f"The number {number} is not verified, and the text does not say so.",
                        "Write “(not yet verified)” after it.",
                    )
        blocks, problems = typed_blocks(section.text)
        for line, problem in problems:
            yield place.finding(line, problem, "Blocks look like `::: case Title`, text, and `:::` on lines of their own.")
        for block in blocks:
            known = laws if block.kind == "law" else targets["duty"]
            if block.target and block.target not in known:
                where = "`references` with `kind: law`" if block.kind == "law" else "`duties`"
                yield place.finding(
                    block.line,
                    f"There is no {block.kind} `{block.target}`.",
                    f"Add it to sources.yaml, {where}, or correct the id.",
                )
        headings = markdown_headings(section.text)
        for line, level, _ in headings:
            if level == 1:
                yield place.finding(line, "The text has a heading of the first level.", "The title is it; begin with ##.")
        for line in markdown_images(section.text):
            yield place.finding(line, "The text has an image.", "Describe it, or use a figure block with a table.")
        for line, address in markdown_links(section.text):
            yield from _link(place.finding, line, address, targets, {name for _, _, name in headings})
        for line, sentence in _long_sentences(section.text):
            yield place.finding(
                line, f"A sentence has {len(sentence.split())} words: “{_start(sentence)}”", f"Keep it within {LONGEST_SENTENCE}."
            )
        yield from _grade(place.finding(1, "", ""), "section", plain_text(section.text), f"The section `{section.id}`")


def _unverified_numbers(folder: CourseFolder) -> tuple[str, ...]:
    """Numbers of standards that were not seen in a source; a number that any code has verified is left out."""
    standards = [standard for duty in folder.course.duties for standard in duty.standards]
    verified = {standard.number for standard in standards if standard.verification != "unverified"}
    return tuple(sorted({standard.number for standard in standards} - verified))


def _names(text: str, number: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(number)}(?![\w(]|\.\w)", text) is not None


def _link(
    finding: Callable[[int, str, str], Finding], line: int, address: str, targets: dict[str, set[str]], anchors: set[str]
) -> Iterator[Finding]:
    if match := INTERNAL_LINK.match(address):
        kind, name = match[1], match[2]
        if name not in targets[kind]:
            yield finding(line, f"The link leads to the {kind} `{name}`, which is not in this course.", "Correct the id.")
    elif address.startswith("#"):
        if address[1:] not in anchors:
            yield finding(line, f"The link leads to `{address}`, but no heading here has this id.", "Correct the link.")
    elif not address.startswith(("https://", "http://", "mailto:")):
        yield finding(
            line, f"The link “{_start(address)}” leads nowhere.", "Use section:id, scenario:id, #heading, or a full web address."
        )


def _long_sentences(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    for sentence in split_sentences(plain_text(text)):
        if len(sentence.split()) > LONGEST_SENTENCE:
            first = " ".join(sentence.split()[:2])
            yield next((number for number, line in enumerate(lines, start=1) if first in line), 1), sentence


def _grade(at: Finding, kind: str, text: str, what: str) -> Iterator[Finding]:
    grade, highest = grade_level(text), HIGHEST_GRADE[kind] + GRADE_ALLOWANCE
    if grade > highest:
        yield Finding(
            at.path,
            at.line,
            f"{what} reads at grade {grade:.1f}; at most {highest} is meant.",
            "Shorten sentences first, then words.",
        )


def check_scenario(scenario: Scenario, document: Document) -> Iterator[Finding]:
    """
    What makes a playable `scenario` worse: nodes no play reaches, conditions never met, decisions without a reason asked for.

    That every play ends is made sure when the course is loaded.
    """
    found = explore(scenario)
    position = {node.node_id: number for number, node in enumerate(scenario.nodes)}
    for number, node in enumerate(scenario.nodes):
        at: Location = ("nodes", number)
        if node.node_id not in found.reachable:
            yield document.finding(at, f"No play reaches the node `{node.node_id}`.", "Lead to it from somewhere, or remove it.")
            continue
        yield from _never(document, at, node, found.offered, found.taken)
        yield from _feedback(document, at, node)
    first = next((node for node in scenario.nodes if node.kind in ("notice", "decide", "consult", "document")), None)
    if first is not None and first.kind != "notice":
        yield document.finding(
            ("nodes", position[first.node_id]), "The first task is not to notice.", "Begin with a node of the kind `notice`."
        )
    if not any(node.kind in ("consult", "document") for node in scenario.nodes):
        yield document.finding(
            ("nodes",), "No node asks whom to consult or what to write.", "Add one of the kind `consult` or `document`."
        )


def _never(
    document: Document,
    at: Location,
    node: Node,
    offered: frozenset[tuple[str, str]],
    taken: frozenset[tuple[str, int]],
) -> Iterator[Finding]:
    for place, choice in enumerate(node.choices):
        if (node.node_id, choice.choice_id) not in offered:
            yield document.finding(
                (*at, "choices", place),
                f"The choice `{choice.choice_id}` is never offered: its condition can not be true here.",
                "Correct `when`, or set the value somewhere before.",
            )
    for place in range(len(node.branches)):
        if (node.node_id, place) not in taken:
            yield document.finding(
                (*at, "branches", place),
                "This branch is never taken: its condition can not be true here, or an earlier one wins.",
                "Correct `when`, or remove the branch.",
            )


def _feedback(document: Document, at: Location, node: Node) -> Iterator[Finding]:
    if node.choices and node.reason_prompt is None:
        yield document.finding(
            at, f"The node `{node.node_id}` does not ask for a reason.", "Add `reason_prompt`; the reason comes before feedback."
        )
    for place, choice in enumerate(node.choices):
        here = document.finding((*at, "choices", place, "feedback"), "", "")
        yield from _length(here, choice.feedback.text, f"The feedback on `{choice.choice_id}`")
        yield from _grade(here, "feedback", choice.feedback.text, f"The feedback on `{choice.choice_id}`")
        if not choice.duty_ids:
            yield document.finding((*at, "choices", place), f"The choice `{choice.choice_id}` names no duty.", "Add `duty_ids`.")


def _length(at: Finding, text: str, what: str) -> Iterator[Finding]:
    low, high = FEEDBACK_WORDS
    words = len(text.split())
    if not low <= words <= high:
        yield Finding(at.path, at.line, f"{what} has {words} words.", f"Between {low} and {high} it explains without lecturing.")


def _post_test(folder: CourseFolder) -> Iterator[Finding]:
    test, document = folder.course.post_test, folder.post_test
    unverified = _unverified_numbers(folder)
    for number, item in enumerate(test.items):
        yield from _item(document, ("items", number), item)
        asked = " ".join((item.stem, *(option.text for option in item.options)))
        for standard in unverified:
            if _names(asked, standard):
                yield document.finding(
                    ("items", number),
                    f"The item `{item.id}` asks about {standard}, which is not verified.",
                    "What is not verified is never graded; ask about the duty.",
                )
    applied = sum(item.cognitive_level != "recall" for item in test.items)
    if applied < APPLICATION_SHARE * len(test.items):
        yield document.finding(  # mcq_application
            ("items",),
            f"Only {applied} of {len(test.items)} items ask to apply or analyze.",
            f"At least {APPLICATION_SHARE:.0%} should put the learner into a scene.",
        )
    positions = Counter([option.option_id for option in item.options].index(item.key) for item in test.items)
    place, times = max(positions.items(), key=lambda pair: (pair[1], -pair[0]))
    most = max(2, math.ceil(len(test.items) / 2))
    if times > most:
        yield document.finding(  # mcq_key_balance
            ("items",),
            f"The key is option {place + 1} in {times} of {len(test.items)} items.",
            "Spread the keys over the positions; options are shuffled for the learner, but not for reviewers.",
        )
    if test.form_size < len({item.objective for item in test.items}):
        yield document.finding(
            ("form_size",), "A form is smaller than the number of objectives, so it can not ask about each.", "Raise `form_size`."
        )


def _item(document: Document, at: Location, item: Item) -> Iterator[Finding]:
    name = f"The item `{item.id}`"
    stem: Location = (*at, "stem")
    if len(item.options) != OPTIONS:  # mcq_three_options
        yield document.finding(
            (*at, "options"), f"{name} has {len(item.options)} options.", "Three are enough, and all should work."
        )
    if not item.stem.rstrip().endswith("?"):  # mcq_closed_stem
        yield document.finding(stem, f"The stem of `{item.id}` does not end with a question.", "End it with one, and a ?.")
    question = (split_sentences(item.stem) or [item.stem])[-1]
    if match := _NEGATIVE.search(question):  # mcq_no_negative; capitals are the allowed exception
        yield document.finding(
            stem,
            f"The question of `{item.id}` turns on “{match[0]}”.",
            "Ask for what is right; if you can not, write NOT in capitals.",
        )
    if match := _VAGUE.search(question):  # mcq_no_vague_frequency
        yield document.finding(stem, f"The question of `{item.id}` uses “{match[0]}”.", "Say how frequently, or leave it out.")
    for place, option in enumerate(item.options):
        here: Location = (*at, "options", place, "text")
        for pattern, mend in (
            (_ALL_OR_NONE, "Every option must be an answer of its own."),  # mcq_no_all_none
            (_ABSOLUTE, "Absolutes give an option away as wrong; put it another way."),  # mcq_no_absolutes
            (_VAGUE, "Readers differ on how much that is; put it another way."),  # mcq_no_vague_frequency
        ):
            if match := pattern.search(option.text):
                yield document.finding(here, f"The option `{option.option_id}` of `{item.id}` uses “{match[0]}”.", mend)
        rationale = document.finding((*at, "options", place, "rationale"), "", "")
        yield from _length(rationale, option.rationale, f"The rationale of `{option.option_id}` in `{item.id}`")
        yield from _grade(rationale, "feedback", option.rationale, f"The rationale of `{option.option_id}` in `{item.id}`")
    others = [len(option.text) for option in item.options if option.option_id != item.key]
    if others and len(item.option(item.key).text) > LONGEST_KEY * max(others):  # mcq_equal_length
        yield document.finding(
            (*at, "key"), f"The key of `{item.id}` is by far the longest option.", "Shorten it, or fill out the others."
        )
    if len({option.text.casefold() for option in item.options}) < len(item.options):
        yield document.finding((*at, "options"), f"{name} has the same option twice.", "Change one of them.")
    if not item.references:  # mcq_reference
        yield document.finding(at, f"{name} names no reference.", "Add `references`: what supports the key.")
    yield from _grade(document.finding(stem, "", ""), "stem", item.stem, f"The stem of `{item.id}`")


def _start(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004
