"""
Strict reading of YAML documents, with errors that name file, line and mend.

Every file a person writes for the product (rules, courses, standards, case files) comes through here, so all of them
share one set of limits and one style of message:

* at most :data:`MAX_BYTES`, :data:`MAX_DEPTH` levels and :data:`MAX_NODES` values; no anchors or aliases, so a small file
  can not grow large in memory;
* a key may stand only once in a mapping;
* scalars follow YAML 1.2, not 1.1: ``on`` and ``no`` are words, ``010`` is text, decimals become :class:`Decimal`.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo

MAX_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WORDS: dict[str, Any] = {"": None, "null": None, "~": None, "true": True, "false": False}

Location = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong in one place of one file, and how to mend it."""

    path: str
    line: int
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem} {self.mend}".rstrip()


class DocumentError(Exception):
    """A document that can not be read or does not fit its schema; ``findings`` is never empty."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))


@dataclass(frozen=True)
class Document:
    """The plain data of a YAML document, and the line on which each part of it stands."""

    path: str
    data: Any
    lines: Mapping[Location, int] = field(repr=False)

    def line(self, location: Location) -> int:
        """
        The line of the part at `location`, or of the nearest enclosing part that is in the document.

        Steps of `location` that are not in the document are passed over: pydantic adds the names of union members.
        """
        at: Location = ()
        for step in location:
            if (*at, step) in self.lines:
                at = (*at, step)
        return self.lines.get(at, 1)

    def finding(self, location: Location, problem: str, mend: str = "") -> Finding:
        """A finding at the line of `location`."""
        return Finding(self.path, self.line(location), problem, mend)


class Strict(BaseModel):
    """Base of every schema: frozen, no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=False)


def _number(value: object, info: ValidationInfo) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if info.mode == "json" and isinstance(value, str):
        # Stored JSON holds numbers as text, because JSON's own numbers are floats to most readers.
        try:
            return Decimal(value)
        except InvalidOperation as error:
            raise ValueError("a number stored as text must be a decimal") from error
    return value


def _sequence(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Number = Annotated[Decimal, BeforeValidator(_number)]
"""An exact number: an integer or a decimal in the file, a Decimal in the program; never a float."""

_Item = TypeVar("_Item")
Sequence = Annotated[tuple[_Item, ...], BeforeValidator(_sequence)]
"""A list in the file, a tuple in the program, so that frozen models are frozen all the way down."""

_Model = TypeVar("_Model", bound=BaseModel)


def read_document(path: Path, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> Document:
    """
    Read the YAML file at `path`; messages call it `name` (default: the path as given).

    Raises DocumentError if it can not be opened, is too large, is not UTF-8 or is not YAML within the limits.
    """
    return parse_document(read_text(path, name=name, max_bytes=max_bytes), name=name or str(path))


def read_text(path: Path, *, name: str | None = None, max_bytes: int = MAX_BYTES) -> str:
    """The text of the file at `path`; raises DocumentError like :func:`read_document`, whatever the text says."""
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(max_bytes + 1)
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise DocumentError(
            [Finding(shown, 1, f"The file can not be read: {reason}.", "Check the name and the permissions.")]
        ) from error
    if len(raw) > max_bytes:
        raise DocumentError(
            [
                Finding(
                    shown, 1, f"The file is larger than {max_bytes:,} bytes.", "Split it, or remove what does not belong there."
                )
            ]
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DocumentError([Finding(shown, line, "The file is not UTF-8 text.", "Save it with the encoding UTF-8.")]) from error


def parse_document(text: str, *, name: str) -> Document:
    """Parse YAML `text`; raises DocumentError like :func:`read_document`."""
    builder = _Builder(name)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        what = (error.problem or "it can not be parsed").strip().rstrip(".")
        raise DocumentError(
            [
                Finding(
                    name,
                    line,
                    f"This is not valid YAML: {what}.",
                    "Check indentation, colons and quotes on this line and the one above.",
                )
            ]
        ) from error
    except yaml.YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        raise DocumentError(
            [Finding(name, line, "The text holds a character that YAML does not allow.", "Remove control characters.")]
        ) from error
    return Document(path=name, data=builder.root, lines=builder.lines)


def validate(model: type[_Model], document: Document) -> _Model:
    """The document as `model`; raises DocumentError with one finding per schema error."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise DocumentError([_explain(document, model, dict(item)) for item in error.errors()]) from error


class _Builder:
    """Builds plain data from parser events without recursion, so that depth can not exhaust the stack."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Any = None
        self.lines: dict[Location, int] = {(): 1}
        self._open: list[Any] = []
        self._at: list[str | int] = []
        self._keys: list[str | None] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            self._refuse(line, "Aliases (*name) are not allowed.", "Write the value out.")
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._refuse(line, "The file holds more than one document.", "Remove everything from the second --- on.")
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
            if self._at:
                self._at.pop()

    def _scalar(self, event: Any, line: int) -> None:
        self._count(event, line)
        if self._open and isinstance(self._open[-1], dict) and self._keys[-1] is None:
            self._key(event.value, line)
            return
        plain = event.implicit[0]  # true only for a scalar without quotes or tag
        self._place(self._resolve(event.value, line) if plain else event.value, line)

    def _key(self, key: str, line: int) -> None:
        if key in self._open[-1]:
            self._refuse(line, f"The key `{key}` stands twice.", "Keep one of them.")
        self._keys[-1] = key

    def _begin(self, event: Any, line: int) -> None:
        self._count(event, line)
        if self._open and isinstance(self._open[-1], dict) and self._keys[-1] is None:
            self._refuse(line, "A key must be a single word, not a list or mapping.", "Write the key as plain text.")
        if len(self._open) >= MAX_DEPTH:
            self._refuse(line, f"The file is nested more than {MAX_DEPTH} levels deep.", "Flatten it.")
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        step = self._place(container, line)
        if self._open:
            self._at.append(step)
        self._open.append(container)
        self._keys.append(None)

    def _place(self, value: Any, line: int) -> str | int:
        if not self._open:
            self.root = value
            self.lines[()] = line
            return 0
        parent = self._open[-1]
        step: str | int
        if isinstance(parent, dict):
            step = self._keys[-1] or ""
            parent[step] = value
            self._keys[-1] = None
        else:
            step = len(parent)
            parent.append(value)
        self.lines[(*self._at, step)] = line
        return step

    def _count(self, event: Any, line: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._refuse(line, f"The file holds more than {MAX_NODES:,} values.", "Split it.")
        if event.anchor:
            self._refuse(line, "Anchors (&name) are not allowed.", "Write the value out.")
        if event.tag:
            self._refuse(line, f"The tag {event.tag} is not allowed.", "Write a plain value.")

    def _resolve(self, text: str, line: int) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text) and len(text) < 20:  # noqa: PLR2004 - longer digit strings are identifiers, not amounts
            return int(text)
        if _DECIMAL.match(text) and len(text) < 30:  # noqa: PLR2004
            return Decimal(text)
        if _DATE.match(text):
            try:
                return dt.date.fromisoformat(text)
            except ValueError:
                self._refuse(line, f"There is no day {text}.", "Write a day of the calendar as YYYY-MM-DD.")
        return text

    def _refuse(self, line: int, problem: str, mend: str) -> None:
        raise DocumentError([Finding(self.name, line, problem, mend)])


_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "date_type": "a day like 2026-11-23",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
}

_LIMITS = {
    "greater_than_equal": ("must be {bound} or more", "Correct the value."),
    "greater_than": ("must be more than {bound}", "Correct the value."),
    "less_than_equal": ("must be {bound} or less", "Correct the value."),
    "less_than": ("must be less than {bound}", "Correct the value."),
}
_BOUNDS = ("ge", "gt", "le", "lt")
_PATTERNS = {
    "^[a-z][a-z0-9_]*$": "Use small letters, digits and _ only, starting with a letter.",
    "^https?://[^\\s]+$": "Write the whole address, starting with https://.",
}


def _explain(document: Document, model: type[BaseModel], error: dict[str, Any]) -> Finding:
    """A schema error in a writer's words. The offending value is shown only when short: files may hold private notes."""
    location: Location = tuple(error["loc"])
    kind: str = error["type"]
    name = _shown(location)
    if kind == "extra_forbidden":
        known = _fields_at(model, location[:-1])
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        mend = (
            f"Did you mean `{near[0]}`?"
            if near
            else f"Remove it; known here: {', '.join(sorted(known))}."
            if known
            else "Remove it."
        )
        return document.finding(location, f"The key {name} is not known.", mend)
    if kind == "missing":
        return document.finding(location[:-1], f"The key {name} is missing.", "Add it.")
    if kind in _KINDS:
        found = _brief(error.get("input"))
        return document.finding(location, f"{name} must be {_KINDS[kind]}, not {found}.", "Correct the value.")
    if kind in ("literal_error", "enum"):
        allowed = error.get("ctx", {}).get("expected", "")
        return document.finding(location, f"{name} can not be {_brief(error.get('input'))}.", f"Use one of: {allowed}.")
    limit = _LIMITS.get(kind)
    if limit is not None:
        (bound,) = (value for key, value in error["ctx"].items() if key in _BOUNDS)
        problem = f"{name} {limit[0].format(bound=bound)}"
        return document.finding(location, f"{problem}, not {_brief(error.get('input'))}.", limit[1])
    if kind == "string_pattern_mismatch":
        found = _brief(error.get("input"))
        return document.finding(location, f"{name} can not be written as {found}.", _PATTERNS.get(error["ctx"]["pattern"], ""))
    if kind in ("too_short", "string_too_short"):
        return document.finding(location, f"{name} has too little in it.", f"At least {error['ctx']['min_length']} belong here.")
    if kind in ("too_long", "string_too_long"):
        return document.finding(location, f"{name} is too long.", f"At most {error['ctx']['max_length']:,} fit here.")
    message = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return document.finding(location, f"{name}: {message}.", "")


def _shown(location: Location) -> str:
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return f"`{text}`" if text else "The file"


def _brief(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "empty"
    text = str(value)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:37]}...”"  # noqa: PLR2004


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """Names of the keys allowed at `location` of `model`, as far as they can be followed through the annotations."""
    candidates: list[type[BaseModel]] = [model]
    for step in location:
        following: list[type[BaseModel]] = []
        for candidate in candidates:
            if isinstance(step, int) or step not in candidate.model_fields:
                following.append(candidate)
            else:
                following.extend(_models_in(candidate.model_fields[step].annotation))
        candidates = following
    return sorted({name for candidate in candidates for name in candidate.model_fields})


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    found: list[type[BaseModel]] = []
    for argument in getattr(annotation, "__args__", ()):
        found.extend(_models_in(argument))
    return found
