"""
Faults in courses, each with file, line and mend: what ``goodstanding check courses`` prints.

First whatever keeps a course from being played (:mod:`.load`), then, for courses that can be, what makes them worse to
learn from: its plan here, its texts in :mod:`.check_texts`, its scenarios in :mod:`.check_scenario`, its items in
:mod:`.check_items`. ``docs/decisions/0012-course-lints.md`` and ``0014-full-course-format.md`` say why each limit stands
where it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from goodstanding.core.courseware.bodies import items_needed
from goodstanding.core.courseware.check_items import bank_findings, is_true_or_false
from goodstanding.core.courseware.check_scenario import check_scenario
from goodstanding.core.courseware.check_texts import number_findings, readable_texts, text_findings, unverified_numbers
from goodstanding.core.courseware.credit import computed_minutes
from goodstanding.core.courseware.load import (
    COURSE_FILE,
    CourseFolder,
    course_folders,
    read_course_folder,
)
from goodstanding.core.courseware.scenario import explore
from goodstanding.core.documents import DocumentError, Finding, Location, read_document
from goodstanding.core.standards.load import StandardsBook, load_standards
from goodstanding.core.standards.named import named_faults
from goodstanding.core.standards.references import reference_faults

LEAST_OF_AN_HOUR = 50
"""Minutes from which a course is an hour to some body, and has to be fit for a second attempt."""
BANK_TO_FORM = 2.5
OBJECTIVES_OF_AN_HOUR = 3
PRETEST_ITEMS = (4, 6)

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


def check_courses(path: Path) -> list[Finding]:
    """
    What is wrong with the course folder at `path`, or with every course in the folder of courses at `path`; in order.

    A folder is a course if it holds a course.yaml; topics are checked where ``rules/topics.yaml`` stands beside ``courses/``,
    and what a course cites where ``standards/`` does.
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
    standards = root.parent / "standards"
    try:
        book = load_standards(standards) if standards.is_dir() else None
    except DocumentError as error:
        book = None
        findings.extend(error.findings)
    courses: list[CourseFolder] = []
    for folder in folders:
        try:
            course = read_course_folder(folder)
        except DocumentError as error:
            findings.extend(error.findings)
            continue
        findings.extend(_faults(course, topics))
        if book is not None:
            findings.extend(_against_standards(course, book))
        courses.append(course)
    findings.extend(_two_names(courses, book))
    return sorted(findings)


def _known_topics(path: Path) -> frozenset[str] | None:
    """The topic ids of the rules, or None where there are no rules beside the courses."""
    if not path.is_file():
        return None
    data = read_document(path).data
    topics = data.get("topics") if isinstance(data, dict) else None
    return frozenset(topics) if isinstance(topics, dict) else None


def _against_standards(folder: CourseFolder, book: StandardsBook) -> Iterator[Finding]:
    """What the course cites, explains and names, compared with the standards beside it."""
    course = folder.course
    yield from reference_faults(
        book, references=course.references, duties=course.duties, glossary=course.glossary, document=folder.sources
    )
    cited = {reference.id for reference in course.references}
    for finding, text in readable_texts(folder):
        for fault in named_faults(book, text, cited=cited):
            yield finding(fault.line, fault.problem, fault.mend)


def _two_names(courses: Sequence[CourseFolder], book: StandardsBook | None) -> Iterator[Finding]:
    """One work has one id in all courses, so that whoever looks for it finds every course that cites it."""
    named = frozenset[str]() if book is None else book.reference_ids
    first: dict[tuple[str, int], str] = {}
    for folder in courses:
        for number, reference in enumerate(folder.course.references):
            work = reference.title.casefold(), reference.year
            known = first.setdefault(work, reference.id)
            if known != reference.id and not named.intersection((known, reference.id)):
                yield folder.sources.finding(
                    ("references", number, "id"),
                    f"Another course cites the same work as `{known}`.",
                    f"Write `id: {known}`, and use it wherever this course cites it.",
                )


def _faults(folder: CourseFolder, topics: frozenset[str] | None) -> Iterator[Finding]:
    yield from _about(folder, topics)
    yield from text_findings(folder)
    yield from number_findings(folder)
    for scenario in folder.course.scenarios:
        yield from check_scenario(scenario, folder.scenarios[scenario.id])
    yield from bank_findings(folder.post_test, folder.course.post_test.items, unverified_numbers(folder))
    yield from _post_test(folder)
    yield from _pretest(folder)
    yield from _time(folder)


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


def _post_test(folder: CourseFolder) -> Iterator[Finding]:
    course, document = folder.course, folder.post_test
    test, minutes = course.post_test, computed_minutes(folder.course)
    for number, item in enumerate(test.items):
        if item.objective not in course.section(item.section).objectives:
            yield document.finding(
                ("items", number, "section"),
                f"The item `{item.id}` asks about `{item.objective}`, which its section `{item.section}` does not teach.",
                "Name the section that teaches it, or add the objective to its front matter.",
            )
    if test.form_size < len({item.objective for item in test.items}):
        yield document.finding(
            ("form_size",), "A form is smaller than the number of objectives, so it can not ask about each.", "Raise `form_size`."
        )
    simple = sum(map(is_true_or_false, test.items))
    if simple > max(1, int(minutes / LEAST_OF_AN_HOUR)):  # mcq_true_false_cap
        yield document.finding(
            ("items",), f"{simple} items are true or false.", "About one in an hour is enough; give the others three options."
        )
    if minutes < LEAST_OF_AN_HOUR:
        return
    needed = math.ceil(BANK_TO_FORM * test.form_size)
    if len(test.items) < needed:
        yield document.finding(
            ("items",),
            f"The bank has {len(test.items)} items for forms of {test.form_size}.",
            f"At least {needed} make a second form a fresh one.",
        )
    for number, objective in enumerate(course.objectives):
        if sum(item.objective == objective.id for item in test.items) == 1:
            yield folder.about.finding(
                ("objectives", number), f"A single item asks about the objective `{objective.id}`.", "Write a second one."
            )


def _pretest(folder: CourseFolder) -> Iterator[Finding]:
    course, document = folder.course, folder.pretest
    if document is None or course.pretest is None:
        return
    low, high = PRETEST_ITEMS
    items = course.pretest.items
    if not low <= len(items) <= high:
        yield document.finding(("items",), f"The pretest has {len(items)} items.", f"Ask {low} to {high}.")
    asked = {item.objective for item in items}
    for objective in course.objectives:
        if objective.id not in asked:
            yield document.finding(
                ("items",),
                f"The pretest does not ask about the objective `{objective.id}`.",
                "Ask about each, so that what was gained can be shown for each.",
            )
    yield from bank_findings(document, items, unverified_numbers(folder))
    if course.pretest.spotting is not None and all(mark.weight != "central" for mark in course.pretest.spotting.marks):
        yield document.finding(
            ("spotting", "marks"), "Nothing in the scene is central.", "Give at least one mark `weight: central`."
        )


def _time(folder: CourseFolder) -> Iterator[Finding]:
    course, about = folder.course, folder.about
    minutes = computed_minutes(course)
    playing = sum(explore(scenario).most_seconds for scenario in course.scenarios)
    if playing > minutes * 60:
        yield about.finding(
            ("sections",),
            f"The longest plays of the scenarios take {playing // 60} minutes, the whole course {minutes} by its credit basis.",
            "Correct `est_seconds`, or write more of the course around them.",
        )
    if minutes >= LEAST_OF_AN_HOUR and len(course.objectives) < OBJECTIVES_OF_AN_HOUR:
        yield about.finding(
            ("objectives",),
            f"A course of {int(minutes)} minutes has {len(course.objectives)} objectives.",
            "Name at least three.",
        )
    for number, body in enumerate(course.approval_bodies):
        needed = items_needed(body, minutes)
        if course.post_test.form_size < needed:
            yield about.finding(
                ("approval_bodies", number, "items_per_hour"),
                f"`{body.body}` asks {needed} items for this course, but a form has {course.post_test.form_size}.",
                "Raise `form_size` in post_test.yaml.",
            )
