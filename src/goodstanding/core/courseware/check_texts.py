"""Faults in texts: how they read, where they lead, and what they hold that no text may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from goodstanding.core.courseware.load import CourseFolder
from goodstanding.core.courseware.markdown import (
    INTERNAL_IMAGE,
    INTERNAL_LINK,
    MarkdownImage,
    markdown_headings,
    markdown_images,
    markdown_links,
    markdown_scripts,
    plain_text,
    typed_blocks,
)
from goodstanding.core.courseware.readability import grade_level, split_sentences
from goodstanding.core.documents import Document, Finding, Location

FEEDBACK_WORDS = (40, 120)
LONGEST_SENTENCE = 35
MEAN_SENTENCE = 20
ALTERNATIVE_WORDS = (4, 80)
HIGHEST_GRADE = {"section": 12, "scene": 10, "feedback": 10, "stem": 10}
GRADE_ALLOWANCE = 2
"""Professional words (confidentiality, consultation) count as hard though the reader uses them daily."""

_HTML_MEND = "Nothing of it is let through; write it in words, or in Markdown."
_AtLine = Callable[[int, str, str], Finding]


@dataclass(frozen=True)
class _Targets:
    """What a link can lead to: ids by kind, and the pictures of the course."""

    ids: Mapping[str, frozenset[str]]
    images: frozenset[str]


def text_findings(folder: CourseFolder) -> Iterator[Finding]:
    """The faults of every text of the course."""
    course = folder.course
    targets = _Targets(
        {
            "section": frozenset(section.id for section in course.sections),
            "scenario": frozenset(scenario.id for scenario in course.scenarios),
            "reference": frozenset(reference.id for reference in course.references),
            "duty": frozenset(duty.id for duty in course.duties),
            "term": frozenset(term.id for term in course.glossary),
        },
        frozenset(image.id for image in course.images),
    )
    yield from _sections(folder, targets)
    for document in _documents(folder):
        for at, value in _strings(document):
            if "<" in value or "](" in value:
                yield from _string(document, at, value, targets)
    shown = {match[1] for section in course.sections for match in _images_of(section.text)}
    for image in course.images:
        if image.id not in shown:
            yield Finding(
                folder.images[image.id],
                1,
                f"No section shows the picture `{image.id}`.",
                f"Show it with ![text alternative](image:{image.id}) in a figure, or remove it.",
            )


def _images_of(text: str) -> Iterator[re.Match[str]]:
    for image in markdown_images(text):
        if match := INTERNAL_IMAGE.match(image.address):
            yield match


def unverified_numbers(folder: CourseFolder) -> tuple[str, ...]:
    """Numbers of standards that were not seen in a source; a number that any code has verified is left out."""
    standards = [standard for duty in folder.course.duties for standard in duty.standards]
    verified = {standard.number for standard in standards if standard.verification != "unverified"}
    return tuple(sorted({standard.number for standard in standards} - verified))


_LETTERED = r"[A-I]\.\d{1,2}(?:\.[a-z])?"
_NUMBERED = r"\d{1,2}\.\d{1,2}"
_CERTAIN_NUMBER = re.compile(rf"(?<![\w.])(?:{_LETTERED}|{_NUMBERED}\([a-z]\))(?![\w(]|\.\w)")
"""What can only be the number of a standard; 34.6 may be a share and 3.05 an amount."""
_ANY_NUMBER = re.compile(rf"(?<![\w.])(?:{_LETTERED}|{_NUMBERED}(?:\([a-z]\))?)(?![\w(]|\.\w)")
_CODE_OF_SOURCE = re.compile(r"\s*([A-Z]{3,6}) ")


def number_findings(folder: CourseFolder) -> Iterator[Finding]:
    """
    Numbers of standards that the texts name and no duty of the course does: nobody has verified them, and no reader can open them.

    In the source of a feedback (“APA 6.05; ACA A.10.e”) each number must be one of that code.
    """
    places: dict[str, set[str]] = {}
    for duty in folder.course.duties:
        for standard in duty.standards:
            places.setdefault(standard.code, set()).add(standard.number)
    known = frozenset().union(*places.values())
    mend = "Correct it, or add the place to a duty in sources.yaml."
    for finding, text in readable_texts(folder):
        for line, row in enumerate(text.split("\n"), start=1):
            for number in _CERTAIN_NUMBER.findall(row):
                if number not in known:
                    yield finding(line, f"No duty of this course has the number {number}.", mend)
    for scenario in folder.course.scenarios:
        for place, node in enumerate(scenario.nodes):
            for which, choice in enumerate(node.choices):
                at: Location = ("nodes", place, "choices", which, "feedback", "source")
                for code, number in _numbers_of_source(choice.feedback.source):
                    # What no code has was told above.
                    numbers = [found for name, found in places.items() if name.startswith(f"{code.lower()}_")]
                    if numbers and number in known and not any(number in found for found in numbers):
                        yield folder.scenarios[scenario.id].finding(at, f"No duty of this course has {number} of {code}.", mend)
                    elif number not in known and not _CERTAIN_NUMBER.fullmatch(number):
                        yield folder.scenarios[scenario.id].finding(at, f"No duty of this course has the number {number}.", mend)


def _numbers_of_source(source: str) -> Iterator[tuple[str, str]]:
    for part in source.split(";"):
        if match := _CODE_OF_SOURCE.match(part):
            for number in _ANY_NUMBER.findall(part):
                yield match[1], number


def names_number(text: str, number: str) -> bool:
    """Whether `text` names the standard `number`, and not a longer one."""
    return re.search(rf"(?<![\w.]){re.escape(number)}(?![\w(]|\.\w)", text) is not None


def grade_findings(at: Finding, kind: str, text: str, what: str) -> Iterator[Finding]:
    """A finding at the place of `at` if `text` reads harder than its kind should."""
    grade, highest = grade_level(text), HIGHEST_GRADE[kind] + GRADE_ALLOWANCE
    if grade > highest:
        problem = f"{what} reads at grade {grade:.1f}; at most {highest} is meant."
        yield Finding(at.path, at.line, problem, "Shorten sentences first, then words.")


def sentence_findings(at: Finding, text: str, what: str) -> Iterator[Finding]:
    """A finding at the place of `at` for each sentence in `text` that nobody can read in one breath."""
    for sentence in split_sentences(plain_text(text)):
        words = len(sentence.split())
        if words > LONGEST_SENTENCE:
            problem = f"{what} has a sentence of {words} words: “{_start(sentence)}”"
            yield Finding(at.path, at.line, problem, f"Keep it within {LONGEST_SENTENCE}.")


def length_findings(at: Finding, text: str, what: str) -> Iterator[Finding]:
    """A finding at the place of `at` if `text` explains too little or lectures."""
    low, high = FEEDBACK_WORDS
    words = len(text.split())
    if not low <= words <= high:
        problem = f"{what} has {words} words."
        yield Finding(at.path, at.line, problem, f"Between {low} and {high} it explains without lecturing.")


def _sections(folder: CourseFolder, targets: _Targets) -> Iterator[Finding]:
    laws = frozenset(reference.id for reference in folder.course.references if reference.kind == "law")
    unverified = unverified_numbers(folder)
    for section in folder.course.sections:
        place = folder.sections[section.id]
        for line, text in enumerate(section.text.split("\n"), start=1):
            for number in unverified:
                if names_number(text, number) and "verified" not in text:
                    yield place.finding(
                        line,
                        f"The number {number} is not verified, and the text does not say so.",
                        "Write “(not yet verified)” after it.",
                    )
        yield from _blocks(place.finding, section.text, targets, laws)
        headings = markdown_headings(section.text)
        for line, level, _ in headings:
            if level == 1:
                yield place.finding(line, "The text has a heading of the first level.", "The title is it; begin with ##.")
        for line, start in markdown_scripts(section.text):
            yield place.finding(line, f"The text holds HTML or a script: “{_start(start)}”.", _HTML_MEND)
        for image in markdown_images(section.text):
            yield from _image(place.finding, image, targets)
        for line, address in markdown_links(section.text):
            yield from _link(place.finding, line, address, targets, frozenset(name for _, _, name in headings))
        yield from _sentences(place.finding, section.text, f"The section `{section.id}`")
        yield from grade_findings(place.finding(1, "", ""), "section", plain_text(section.text), f"The section `{section.id}`")


def _blocks(finding: _AtLine, text: str, targets: _Targets, laws: frozenset[str]) -> Iterator[Finding]:
    blocks, problems = typed_blocks(text)
    for line, problem in problems:
        yield finding(line, problem, "Blocks look like `::: case Title`, text, and `:::` on lines of their own.")
    for block in blocks:
        known = laws if block.kind == "law" else targets.ids["duty"]
        if block.target and block.target not in known:
            where = "`references` with `kind: law`" if block.kind == "law" else "`duties`"
            yield finding(
                block.line,
                f"There is no {block.kind} `{block.target}`.",
                f"Add it to sources.yaml, {where}, or correct the id.",
            )
        if block.kind == "figure" and block.title is None:
            yield finding(block.line, "The figure has no caption.", "Write it after the kind: `::: figure What it shows`.")


def _image(finding: _AtLine, image: MarkdownImage, targets: _Targets) -> Iterator[Finding]:
    match = INTERNAL_IMAGE.match(image.address)
    if match is None:
        yield finding(
            image.line,
            f"The image “{_start(image.address)}” does not travel with the course.",
            "Put the file into images/ and show it with ![text alternative](image:its-name).",
        )
    elif match[1] not in targets.images:
        yield finding(image.line, f"There is no picture `{match[1]}` in images/.", "Add the file, or correct the name.")
    low, high = ALTERNATIVE_WORDS
    words = len(image.alternative.split())
    if not words:
        yield finding(image.line, "The image has no text alternative.", "Say between [ and ] what the picture says.")
    elif not low <= words <= high:
        yield finding(
            image.line,
            f"The text alternative has {words} words.",
            f"Between {low} and {high} say what the picture says; more belongs into the text.",
        )
    if image.block != "figure":
        yield finding(image.line, "The image stands outside of a figure.", "Put `::: figure Caption` before it and `:::` after.")


def _link(finding: _AtLine, line: int, address: str, targets: _Targets, anchors: frozenset[str]) -> Iterator[Finding]:
    if match := INTERNAL_LINK.match(address):
        kind, name = match[1], match[2]
        if name not in targets.ids[kind]:
            yield finding(line, f"The link leads to the {kind} `{name}`, which is not in this course.", "Correct the id.")
    elif address.startswith("#"):
        if address[1:] not in anchors:
            yield finding(line, f"The link leads to `{address}`, but no heading here has this id.", "Correct the link.")
    elif not address.startswith(("https://", "http://", "mailto:")):
        yield finding(
            line, f"The link “{_start(address)}” leads nowhere.", "Use section:id, scenario:id, #heading, or a full web address."
        )


def _sentences(finding: _AtLine, text: str, what: str) -> Iterator[Finding]:
    lines = text.split("\n")
    sentences = split_sentences(plain_text(text))
    for sentence in sentences:
        if len(sentence.split()) > LONGEST_SENTENCE:
            first = " ".join(sentence.split()[:2])
            line = next((number for number, line in enumerate(lines, start=1) if first in line), 1)
            problem = f"A sentence has {len(sentence.split())} words: “{_start(sentence)}”"
            yield finding(line, problem, f"Keep it within {LONGEST_SENTENCE}.")
    mean = sum(len(sentence.split()) for sentence in sentences) / max(1, len(sentences))
    if mean > MEAN_SENTENCE:
        yield finding(1, f"{what} has {mean:.1f} words to a sentence.", f"At most {MEAN_SENTENCE} on average; split the longest.")


def readable_texts(folder: CourseFolder) -> Iterator[tuple[_AtLine, str]]:
    """
    Every text of the course that a reader may come to see, with what makes a finding of a line in it.

    Of the works it cites only the notes are among them: their titles are not the course's words.
    """
    for section in folder.course.sections:
        yield folder.sections[section.id].finding, section.text
    for document in _documents(folder):
        for at, text in _strings(document):
            if document is folder.sources and at[0] == "references" and at[-1] != "note":
                continue
            yield _at(document, at), text


def _documents(folder: CourseFolder) -> Iterator[Document]:
    for document in (folder.about, folder.post_test, folder.pretest, folder.sources, *folder.scenarios.values()):
        if document is not None:
            yield document


def _at(document: Document, at: Location) -> _AtLine:
    def finding(_: int, problem: str, mend: str) -> Finding:
        return document.finding(at, problem, mend)

    return finding


def _strings(document: Document) -> Iterator[tuple[Location, str]]:
    """Whatever an author wrote into a YAML file may be shown to a reader, so all of it is looked through."""
    open_parts: list[tuple[Location, object]] = [((), document.data)]
    while open_parts:
        at, value = open_parts.pop()
        if isinstance(value, dict):
            open_parts.extend(((*at, str(key)), part) for key, part in value.items())
        elif isinstance(value, list):
            open_parts.extend(((*at, number), part) for number, part in enumerate(value))
        elif isinstance(value, str):
            yield at, value


def _string(document: Document, at: Location, text: str, targets: _Targets) -> Iterator[Finding]:
    finding = _at(document, at)
    for line, start in markdown_scripts(text):
        yield finding(line, f"The text holds HTML or a script: “{_start(start)}”.", _HTML_MEND)
    for image in markdown_images(text):
        yield finding(image.line, "An image stands outside of a section.", "Show it in a figure of a section.")
    for line, address in markdown_links(text):
        yield from _link(finding, line, address, targets, frozenset())


def _start(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004
