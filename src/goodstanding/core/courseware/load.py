"""
Course folders to courses: reads every file of a folder, and reports every mistake in one go.

::

    courses/<slug>/
      course.yaml            what the course is, and the order of its parts
      NN-<section id>.md     teaching text: front matter between two lines of ---, then Markdown
      scenarios/<id>.yaml    one graph of scenes each
      pretest.yaml           ungraded items asked before the course, and a scene to notice in; may be missing
      post_test.yaml         the bank of items
      sources.yaml           references, the duties the course is about, and its glossary
      images/<id>.svg        pictures, also .png and .jpg

What would break the player (a file that is missing, an id that points nowhere, a scenario that does not end) or leave
nothing to certify at its end is an error here; what makes a course worse to learn from is the business of :mod:`goodstanding.core.courseware.check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from goodstanding.core.courseware.credit import computed_minutes
from goodstanding.core.courseware.images import IMAGE_ENDINGS, MAX_ALL_IMAGES_BYTES, read_image
from goodstanding.core.courseware.model import (
    Change,
    Condition,
    Course,
    Duty,
    Flag,
    Identifier,
    Image,
    Item,
    Node,
    OutlineEntry,
    PostTest,
    Pretest,
    Reference,
    Scenario,
    Section,
    Term,
    Text,
)
from goodstanding.core.courseware.scenario import explore
from goodstanding.core.documents import (
    Document,
    DocumentError,
    Finding,
    Location,
    Sequence,
    Strict,
    parse_document,
    read_document,
    read_text,
    validate,
)

COURSE_FILE = "course.yaml"
POST_TEST_FILE = "post_test.yaml"
PRETEST_FILE = "pretest.yaml"
SOURCES_FILE = "sources.yaml"
IMAGES_FOLDER = "images"

_SECTION_FILE = re.compile(r"[0-9]{2}-([a-z0-9]+(?:-[a-z0-9]+)*)\.md\Z")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)

_Model = TypeVar("_Model", bound=BaseModel)

_PARTS = {
    "outline": "The order of the parts is the order of `sections`.",
    "scenarios": "List scenarios in `sections`, where they belong in the order.",
    "post_test": f"The items stand in {POST_TEST_FILE}.",
    "references": f"References stand in {SOURCES_FILE}.",
    "duties": f"Duties stand in {SOURCES_FILE}.",
    "glossary": f"The glossary stands in {SOURCES_FILE}.",
    "pretest": f"The pretest stands in {PRETEST_FILE}.",
    "images": f"Pictures are the files in {IMAGES_FOLDER}/.",
}
"""Keys of a course that come from other files, and where an author who wrote one into course.yaml should put it."""


@dataclass(frozen=True)
class CourseFolder:
    """A course together with the lines of its files, so that whoever finds fault with it can say where."""

    course: Course
    about: Document
    post_test: Document
    sources: Document
    sections: Mapping[str, SectionFile]
    scenarios: Mapping[str, Document]
    pretest: Document | None
    images: Mapping[str, str]
    """The file of each picture."""


@dataclass(frozen=True)
class SectionFile:
    """Where a section stands: its front matter, and the line on which its text begins."""

    front: Document
    text_line: int

    def finding(self, text_line: int, problem: str, mend: str) -> Finding:
        """A finding at a line of the section's text, counted from 1 there."""
        return Finding(self.front.path, self.text_line + text_line - 1, problem, mend)


class _OutlineRow(Strict):
    section: Text | None = None
    scenario: Identifier | None = None


class _SectionFront(Strict):
    id: Identifier
    title: Text
    objectives: Sequence[Identifier]
    duties: Sequence[Identifier] = ()
    minutes: int | None = None
    content_note: Text | None = None


class _Sources(Strict):
    references: Sequence[Reference]
    duties: Sequence[Duty]
    glossary: Sequence[Term] = ()


def load_courses(root: Path) -> dict[str, Course]:
    """Every course in the folders of `root`, by slug in order; DocumentError with the findings of all of them."""
    courses: dict[str, Course] = {}
    findings: list[Finding] = []
    for folder in course_folders(root):
        try:
            courses[folder.name] = load_course(folder)
        except DocumentError as error:
            findings.extend(error.findings)
    if findings:
        raise DocumentError(findings)
    return courses


def course_folders(root: Path) -> tuple[Path, ...]:
    """The folders of `root` that are meant as courses: all but hidden ones."""
    return tuple(sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))))


def load_course(folder: Path) -> Course:
    """The course in `folder`; DocumentError with every finding if a file is missing, broken or points nowhere."""
    return read_course_folder(folder).course


def read_course_folder(folder: Path) -> CourseFolder:
    """Like :func:`load_course`, and keeps the lines."""
    return _Reader(folder).read()


class _Reader:
    """Reads one folder; collects findings as long as it makes sense to go on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.section_files: dict[str, SectionFile] = {}
        self.scenario_files: dict[str, Document] = {}

    def read(self) -> CourseFolder:
        if not self.folder.is_dir():
            raise DocumentError(
                [Finding(str(self.folder), 1, "There is no such course folder.", "Check the name; a course is a folder.")]
            )
        about = self._document(COURSE_FILE, "It says what the course is and names its parts.")
        post_test_file = self._document(POST_TEST_FILE, "It holds the items of the post-test.")
        sources_file = self._document(SOURCES_FILE, "It holds the references and the duties.")
        pretest_file = self._optional(PRETEST_FILE)
        post_test = self._valid(PostTest, post_test_file)
        pretest = self._valid(Pretest, pretest_file)
        sources = self._valid(_Sources, sources_file)
        images = self._images()
        self._unknown_files()
        outline, sections, scenarios = self._parts(about) if about else ((), (), ())
        if self.findings or about is None or post_test_file is None or sources_file is None:
            # The rest of course.yaml is still worth checking, so that the author mends everything at once.
            if about:
                self._fields_of(about)
            raise DocumentError(self.findings)
        assert post_test is not None
        assert sources is not None
        data = {
            **about.data,
            "outline": outline,
            "sections": sections,
            "scenarios": scenarios,
            "post_test": post_test,
            "references": sources.references,
            "duties": sources.duties,
            "glossary": sources.glossary,
            "pretest": pretest,
            "images": tuple(images),
        }
        course = self._valid(Course, Document(about.path, data, about.lines))
        if course is None:
            raise DocumentError(self.findings)
        folder = CourseFolder(
            course,
            about,
            post_test_file,
            sources_file,
            self.section_files,
            self.scenario_files,
            pretest_file,
            {image.id: str(path) for image, path in images.items()},
        )
        self.findings.extend(_points_nowhere(folder, self.folder.resolve().name))
        if not self.findings:
            # Only now does every id lead somewhere, so that the plays can be followed.
            for scenario in course.scenarios:
                self.findings.extend(_endless(scenario, self.scenario_files[scenario.id]))
        if not self.findings:
            # Words are counted along the plays, so these must end.
            self.findings.extend(_too_short(folder))
        if self.findings:
            raise DocumentError(self.findings)
        return folder

    def _document(self, name: str, purpose: str) -> Document | None:
        path = self.folder / name
        if not path.is_file():
            self.findings.append(
                Finding(str(path), 1, f"The course has no {name}.", f"{purpose} Add the file, or correct its name.")
            )
            return None
        return self._mapping(path)

    def _optional(self, name: str) -> Document | None:
        path = self.folder / name
        return self._mapping(path) if path.is_file() else None

    def _images(self) -> dict[Image, Path]:
        """The pictures of the course in the order of their names."""
        images: dict[Image, Path] = {}
        for path in sorted((self.folder / IMAGES_FOLDER).glob("*")):
            if path.name.startswith("."):
                continue
            if path.suffix not in IMAGE_ENDINGS:
                self.findings.append(
                    Finding(
                        str(path), 1, f"{path.name} is no picture of a known kind.", f"Use one of: {', '.join(IMAGE_ENDINGS)}."
                    )
                )
                continue
            try:
                image = read_image(path)
            except DocumentError as error:
                self.findings.extend(error.findings)
                continue
            if any(image.id == other.id for other in images):
                self.findings.append(
                    Finding(str(path), 1, f"There are two pictures called `{image.id}`.", "Give one of them another name.")
                )
            images[image] = path
        total = sum(len(image.content) for image in images)
        if total > MAX_ALL_IMAGES_BYTES:
            self.findings.append(
                Finding(
                    str(self.folder / IMAGES_FOLDER),
                    1,
                    f"The pictures have {total:,} bytes together.",
                    f"At most {MAX_ALL_IMAGES_BYTES:,} travel inside a version; leave some out, or draw them simpler.",
                )
            )
        return images

    def _unknown_files(self) -> None:
        """A misspelled name would silently be a part that nobody ever sees."""
        known = {COURSE_FILE, POST_TEST_FILE, PRETEST_FILE, SOURCES_FILE}
        for path in sorted((*self.folder.glob("*.yaml"), *self.folder.glob("*.yml"))):
            if path.name not in known and not path.name.startswith("."):
                self.findings.append(
                    Finding(
                        str(path),
                        1,
                        f"A course has no part called {path.name}.",
                        f"Use one of: {', '.join(sorted(known))}; scenarios stand in scenarios/.",
                    )
                )

    def _mapping(self, path: Path) -> Document | None:
        document = self._read(path)
        if document is None:
            return None
        if not isinstance(document.data, dict):
            self.findings.append(document.finding((), "The file must be a mapping (key: value).", "Begin with a key."))
            return None
        return document

    def _read(self, path: Path) -> Document | None:
        try:
            return read_document(path)
        except DocumentError as error:
            self.findings.extend(error.findings)
            return None

    def _valid(self, model: type[_Model], document: Document | None) -> _Model | None:
        if document is None:
            return None
        try:
            return validate(model, document)
        except DocumentError as error:
            self.findings.extend(error.findings)
            return None

    def _fields_of(self, about: Document) -> None:
        """Adds what is wrong with the keys of course.yaml itself, where its parts could not be read."""
        elsewhere = {*_PARTS, "sections"}
        data = {key: value for key, value in about.data.items() if key not in elsewhere}
        try:
            validate(Course, Document(about.path, data, about.lines))
        except DocumentError as error:
            self.findings.extend(
                finding
                for finding in error.findings
                if not any(finding.problem.startswith(f"The key `{name}` is missing") for name in elsewhere)
            )

    def _parts(self, about: Document) -> tuple[tuple[OutlineEntry, ...], tuple[Section, ...], tuple[Scenario, ...]]:
        for key, mend in _PARTS.items():
            if key in about.data:
                self.findings.append(about.finding((key,), f"The key `{key}` is not known in {COURSE_FILE}.", mend))
        rows = about.data.pop("sections", None)
        if not isinstance(rows, list) or not rows:
            self.findings.append(
                about.finding(
                    ("sections",),
                    "`sections` does not list the parts of the course.",
                    "Add one line per part: `- section: 01-the-file-without-md` or `- scenario: its-id`.",
                )
            )
            return (), (), ()
        outline: list[OutlineEntry] = []
        sections: list[Section] = []
        scenarios: list[Scenario] = []
        for number, row in enumerate(rows):
            at: Location = ("sections", number)
            try:
                entry = _OutlineRow.model_validate(row)
            except ValueError:
                entry = _OutlineRow()
            if (entry.section is None) == (entry.scenario is None):
                self.findings.append(
                    about.finding(at, "This part is neither a section nor a scenario.", "Write `section: …` or `scenario: …`.")
                )
            elif entry.section is not None:
                section = self._section(about, at, entry.section)
                if section is not None:
                    sections.append(section)
                    outline.append(OutlineEntry(kind="section", id=section.id))
            elif entry.scenario is not None:
                scenario = self._scenario(about, at, entry.scenario)
                if scenario is not None:
                    scenarios.append(scenario)
                    outline.append(OutlineEntry(kind="scenario", id=scenario.id))
        self._unlisted(about, rows)
        return tuple(outline), tuple(sections), tuple(scenarios)

    def _section(self, about: Document, at: Location, stem: str) -> Section | None:
        name = f"{stem.removesuffix('.md')}.md"
        match = _SECTION_FILE.match(name)
        if match is None:
            self.findings.append(
                about.finding(
                    at,
                    f"“{stem}” can not be the name of a section file.",
                    "Name it like 01-the-counter: two digits, then the id.",
                )
            )
            return None
        path = self.folder / name
        if not path.is_file():
            self.findings.append(
                about.finding(at, f"The section file {name} is missing.", f"Add {path}, or take this line out of `sections`.")
            )
            return None
        try:
            front, text, text_line = _front_matter(path)
        except DocumentError as error:
            self.findings.extend(error.findings)
            return None
        head = self._valid(_SectionFront, front)
        if head is None:
            return None
        if head.id != match[1]:
            self.findings.append(
                front.finding(("id",), f"The section is called `{head.id}`, but its file {name}.", f"Write `id: {match[1]}`.")
            )
        if not text.strip():
            self.findings.append(Finding(str(path), text_line, "The section has no text.", "Write it below the second ---."))
            return None
        if head.id in self.section_files:
            self.findings.append(about.finding(at, f"The section `{head.id}` is listed twice.", "Keep one of the lines."))
            return None
        self.section_files[head.id] = SectionFile(front, text_line)
        return Section(**dict(head), text=text)

    def _scenario(self, about: Document, at: Location, name: str) -> Scenario | None:
        path = self.folder / "scenarios" / f"{name}.yaml"
        if not path.is_file():
            self.findings.append(
                about.finding(
                    at, f"The scenario file {name}.yaml is missing.", f"Add {path}, or take this line out of `sections`."
                )
            )
            return None
        if name in self.scenario_files:
            self.findings.append(about.finding(at, f"The scenario `{name}` is listed twice.", "Keep one of the lines."))
            return None
        document = self._read(path)
        scenario = self._valid(Scenario, document)
        if document is None or scenario is None:
            return None
        if scenario.id != name:
            self.findings.append(
                document.finding(
                    ("id",), f"The scenario is called `{scenario.id}`, but its file {name}.yaml.", f"Write `id: {name}`."
                )
            )
        self.scenario_files[scenario.id] = document
        return scenario

    def _unlisted(self, about: Document, rows: list[object]) -> None:
        """A file that no line names would silently never be taught."""
        listed = {str(value).removesuffix(".md") for row in rows if isinstance(row, dict) for value in row.values()}
        files = [*self.folder.glob("*.md"), *self.folder.glob("scenarios/*.yaml")]
        for path in sorted(files):
            if path.stem not in listed and not path.name.startswith((".", "README")):
                self.findings.append(
                    about.finding(
                        ("sections",),
                        f"The file {path.relative_to(self.folder).as_posix()} is not listed in `sections`.",
                        "List it where it belongs, or remove the file.",
                    )
                )


def _front_matter(path: Path) -> tuple[Document, str, int]:
    """The front matter of a section file, its text, and the line on which the text begins."""
    name = str(path)
    content = read_text(path).replace("\r\n", "\n")
    match = _FRONT_MATTER.match(content)
    if match is None:
        raise DocumentError(
            [
                Finding(
                    name, 1, "The section has no front matter.", "Begin the file with ---, then id and title, then another ---."
                )
            ]
        )
    # One empty line stands for the opening ---, so that the lines of the findings are those of the file.
    front = parse_document("\n" + match[1], name=name)
    if not isinstance(front.data, dict):
        raise DocumentError([Finding(name, 2, "The front matter must be a mapping (key: value).", "Write `id:` and `title:`.")])
    text = content[match.end() :]
    skipped = len(text) - len(text.lstrip("\n"))
    return front, text.strip("\n") + "\n", content.count("\n", 0, match.end()) + skipped + 1


def _points_nowhere(folder: CourseFolder, name: str) -> Iterator[Finding]:
    """Ids that are used but not there, or there twice: whatever would leave a learner in front of a dead link."""
    course, about = folder.course, folder.about
    if course.slug != name:
        yield about.finding(
            ("slug",), f"The course is called `{course.slug}`, but its folder `{name}`.", f"Write `slug: {name}`."
        )
    for key in ("objectives", "authors", "topics", "professions"):
        if not getattr(course, key):
            yield about.finding((key,), f"`{key}` is empty.", "Write at least one.")
    yield from _twice(about, ("objectives",), (objective.id for objective in course.objectives), "objective")
    yield from _twice(
        about, ("evaluation", "questions"), (question.id for question in course.evaluation.questions), "evaluation question"
    )
    yield from _twice(folder.sources, ("references",), (reference.id for reference in course.references), "reference")
    yield from _twice(folder.sources, ("duties",), (duty.id for duty in course.duties), "duty")
    yield from _twice(folder.sources, ("glossary",), (term.id for term in course.glossary), "term")
    yield from _bodies(folder)
    objectives = {objective.id for objective in course.objectives}
    duties = {duty.id for duty in course.duties}
    references = {reference.id for reference in course.references}
    codes = {reference.id for reference in course.references if reference.kind == "code"}
    for number, duty in enumerate(course.duties):
        at = ("duties", number, "standards")
        used = (standard.code for standard in duty.standards)
        yield from _missing(folder.sources, at, used, codes, "code", "Add it to `references` with `kind: code`.", "code")
    for section in course.sections:
        front = folder.sections[section.id].front
        yield from _missing(front, ("objectives",), section.objectives, objectives, "objective", _IN_COURSE)
        yield from _missing(front, ("duties",), section.duties, duties, "duty", _IN_SOURCES)
    for number, term in enumerate(course.glossary):
        yield from _missing(
            folder.sources, ("glossary", number, "references"), term.references, references, "reference", _IN_SOURCES
        )
    sections = {section.id for section in course.sections}
    test = folder.post_test
    yield from _twice(test, ("items",), (item.id for item in course.post_test.items), "item")
    for number, item in enumerate(course.post_test.items):
        yield from _item(test, ("items", number), item, objectives, duties, sections, references)
    if folder.pretest is not None and course.pretest is not None:
        yield from _pretest(folder.pretest, course.pretest, course.post_test)
        for number, item in enumerate(course.pretest.items):
            yield from _item(folder.pretest, ("items", number), item, objectives, duties, sections, references)
    for scenario in course.scenarios:
        document = folder.scenarios[scenario.id]
        yield from _missing(document, ("objectives",), scenario.objectives, objectives, "objective", _IN_COURSE)
        yield from _twice(document, ("nodes",), (node.node_id for node in scenario.nodes), "node")
        yield from _scenario(document, scenario, duties)


def _bodies(folder: CourseFolder) -> Iterator[Finding]:
    course, about = folder.course, folder.about
    yield from _twice(about, ("approval_bodies",), (body.body for body in course.approval_bodies), "approval body")
    # One form may hold the questions of several bodies, so no two of them may be called alike.
    seen = {question.id for question in course.evaluation_questions}
    for number, body in enumerate(course.approval_bodies):
        for place, question in enumerate(body.evaluation_questions):
            if question.id in seen:
                yield about.finding(
                    ("approval_bodies", number, "evaluation_questions", place),
                    f"The evaluation question `{question.id}` stands twice.",
                    "Give one of them another id.",
                )
            seen.add(question.id)


def _pretest(document: Document, pretest: Pretest, bank: PostTest) -> Iterator[Finding]:
    """A question asked before and after in the same words measures memory; keys shown after it would be known."""
    yield from _twice(document, ("items",), (item.id for item in pretest.items), "item")
    ids = {item.id for item in bank.items}
    stems = {_words_of(item.stem): item.id for item in bank.items}
    for number, item in enumerate(pretest.items):
        if item.id in ids:
            yield document.finding(
                ("items", number, "id"), f"The item `{item.id}` stands in the post-test, too.", "Give it an id of its own."
            )
        elif _words_of(item.stem) in stems:
            yield document.finding(
                ("items", number, "stem"),
                f"The item `{item.id}` asks the same as `{stems[_words_of(item.stem)]}` in the post-test.",
                "Write another scene for the same objective.",
            )
    if pretest.spotting is not None:
        yield from _twice(document, ("spotting", "marks"), (mark.mark_id for mark in pretest.spotting.marks), "mark")
        if not pretest.spotting.marks:
            yield document.finding(("spotting", "marks"), "There is nothing to notice in this scene.", "Write `marks`.")


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


_IN_COURSE = "Add it to course.yaml, or correct the id."
_IN_SOURCES = "Add it to sources.yaml, or correct the id."


def _twice(document: Document, at: Location, ids: Iterable[str], what: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, identifier in enumerate(ids):
        if identifier in seen:
            yield document.finding((*at, number), f"The {what} `{identifier}` stands twice.", "Give one of them another id.")
        seen.add(identifier)


def _missing(
    document: Document, at: Location, used: Iterable[str], known: set[str], what: str, mend: str, key: str | None = None
) -> Iterator[Finding]:
    for number, identifier in enumerate(used):
        if identifier not in known:
            where = (*at, number, key) if key else (*at, number)
            yield document.finding(where, f"There is no {what} `{identifier}`.", mend)


def _item(
    document: Document,
    at: Location,
    item: Item,
    objectives: set[str],
    duties: set[str],
    sections: set[str],
    references: set[str],
) -> Iterator[Finding]:
    options = [option.option_id for option in item.options]
    yield from _twice(document, (*at, "options"), options, "option")
    if len(options) < 2:  # noqa: PLR2004
        yield document.finding((*at, "options"), f"The item `{item.id}` has fewer than two options.", "Write three.")
    if item.key not in options:
        yield document.finding(
            (*at, "key"), f"The key `{item.key}` is not among the options.", f"Use one of: {', '.join(options)}."
        )
    one = ((item.objective, objectives, "objective", _IN_COURSE), (item.duty, duties, "duty", _IN_SOURCES))
    for identifier, known, what, mend in one:
        if identifier not in known:
            yield document.finding((*at, what), f"There is no {what} `{identifier}`.", mend)
    if item.section not in sections:
        yield document.finding(
            (*at, "section"), f"There is no section `{item.section}`.", f"Use one of: {', '.join(sorted(sections))}."
        )
    yield from _missing(document, (*at, "references"), item.references, references, "reference", _IN_SOURCES)


def _scenario(document: Document, scenario: Scenario, duties: set[str]) -> Iterator[Finding]:
    nodes = {node.node_id for node in scenario.nodes}
    mend = f"Use one of: {', '.join(sorted(nodes))}."
    if scenario.start not in nodes:
        yield document.finding(("start",), f"There is no node `{scenario.start}`.", mend)
    for number, node in enumerate(scenario.nodes):
        at: Location = ("nodes", number)
        yield from _node(document, at, node, scenario, duties)
        targets: list[tuple[Location, str]] = [
            ((*at, "choices", place, "next"), choice.next) for place, choice in enumerate(node.choices)
        ]
        targets += [((*at, "branches", place, "next"), branch.next) for place, branch in enumerate(node.branches)]
        if node.next is not None:
            targets.append(((*at, "next"), node.next))
        for where, target in targets:
            if target not in nodes:
                yield document.finding(where, f"There is no node `{target}`.", mend)


def _node(document: Document, at: Location, node: Node, scenario: Scenario, duties: set[str]) -> Iterator[Finding]:
    yield from _twice(document, (*at, "choices"), (choice.choice_id for choice in node.choices), "choice")
    yield from _twice(document, (*at, "marks"), (mark.mark_id for mark in node.marks), "mark")
    for place, choice in enumerate(node.choices):
        here: Location = (*at, "choices", place)
        yield from _missing(document, (*here, "duty_ids"), choice.duty_ids, duties, "duty", _IN_SOURCES)
        yield from _undeclared(document, (*here, "when"), choice.when, scenario)
        yield from _undeclared(document, (*here, "set"), choice.set, scenario)
    for place, branch in enumerate(node.branches):
        yield from _undeclared(document, (*at, "branches", place, "when"), branch.when, scenario)


def _endless(scenario: Scenario, document: Document) -> Iterator[Finding]:
    """Whatever would keep a learner in the scenario for ever, or leave one in front of a scene without a choice."""
    found = explore(scenario)
    position = {node.node_id: number for number, node in enumerate(scenario.nodes)}
    if found.too_large:
        yield document.finding(
            ("state",),
            "The scenario has too many situations to follow.",
            "Let it remember less.",
        )
    if found.loop:
        yield document.finding(
            ("nodes", position[found.loop[0]]),
            f"The scenario can go round for ever: {' → '.join((*found.loop, found.loop[0]))}.",
            "Let one of these nodes go on to another.",
        )
    for name in sorted(found.stuck):
        yield document.finding(
            ("nodes", position[name]),
            f"A play can reach `{name}` with no choice on offer.",
            "Leave at least one choice without `when`, or let the conditions cover every case.",
        )


def _too_short(folder: CourseFolder) -> Iterator[Finding]:
    """Credit is certified in whole minutes, so someone who finished such a course could get no certificate."""
    minutes = computed_minutes(folder.course)
    if minutes < 1:
        yield folder.about.finding(
            ("difficulty", "value"),
            f"The course takes {minutes} minutes by its credit basis; there would be nothing to certify.",
            f"It must take at least one minute: write more, ask more (`form_size` in {POST_TEST_FILE}), or correct `difficulty`.",
        )


def _undeclared(document: Document, at: Location, flags: Mapping[str, object], scenario: Scenario) -> Iterator[Finding]:
    for name, value in flags.items():
        where = (*at, name)
        if name not in scenario.state:
            yield document.finding(
                where, f"The scenario remembers nothing called `{name}`.", "Declare it with its first value in `state`."
            )
            continue
        first = scenario.state[name]
        if _amounts(value) and type(first) is not int:
            yield document.finding(
                where, f"`{name}` begins as {first!r}, so it can not be counted or compared.", "Begin it with a whole number."
            )
        for used in _values(value):
            if type(used) is not type(first):
                yield document.finding(where, f"`{name}` begins as {first!r}, but is {used!r} here.", "Use values of one kind.")


def _amounts(value: object) -> bool:
    """Whether `value` treats what is remembered as an amount."""
    if isinstance(value, Condition):
        return value.at_least is not None or value.at_most is not None
    return isinstance(value, Change)


def _values(value: object) -> tuple[Flag, ...]:
    """The values that `value` compares with or assigns."""
    if isinstance(value, Condition):
        return (*value.one_of, *(() if value.is_not is None else (value.is_not,)))
    return (value,) if isinstance(value, bool | int | str) else ()
