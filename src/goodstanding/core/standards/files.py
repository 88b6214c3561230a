"""The files of ``standards/``, each read for itself: what fits its schema, with its lines, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from goodstanding.core.documents import Document, DocumentError, Finding, read_document, validate
from goodstanding.core.standards.model import (
    CaseFile,
    Code,
    DecisionModelFile,
    DutyFile,
    GlossaryFile,
    LawFile,
    StateFile,
    StatisticFile,
)

CODES = "codes"
"""The folder of the codes, one file each."""

FILES: Mapping[str, type[BaseModel]] = {
    "duties.yaml": DutyFile,
    "cases.yaml": CaseFile,
    "statistics.yaml": StatisticFile,
    "laws.yaml": LawFile,
    "laws_by_state.yaml": StateFile,
    "decision_models.yaml": DecisionModelFile,
    "glossary.yaml": GlossaryFile,
}
"""The other files, all of which must be there: a book with a part missing would answer “none” where it means “not known”."""

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class StandardsFolder:
    """The files of a folder as far as they could be read, with their lines, for whoever looks for faults."""

    codes: tuple[tuple[Code, Document], ...]
    all_codes: bool
    """Whether every code could be read. If not, a standard that is not found may be in the one that could not."""
    files: Mapping[str, tuple[BaseModel, Document]]

    def file(self, name: str, model: type[_Model]) -> tuple[_Model, Document] | None:
        """The file `name` as `model`, or None where it could not be read."""
        found = self.files.get(name)
        if found is None:
            return None
        assert isinstance(found[0], model)
        return found[0], found[1]


def read_standards(path: Path) -> tuple[StandardsFolder, list[Finding]]:
    """The files below `path` that fit their schema, and what is wrong with the others."""
    findings: list[Finding] = []
    codes: list[tuple[Code, Document]] = []
    files: dict[str, tuple[BaseModel, Document]] = {}
    for file in sorted((path / CODES).glob("*.yaml")):
        try:
            document = read_document(file)
            codes.append((validate(Code, document), document))
        except DocumentError as error:
            findings.extend(error.findings)
    all_codes = bool(codes) and not findings
    if not codes and not findings:
        findings.append(Finding(str(path / CODES), 1, "There is no code in this folder.", "Add one file per code."))
    for name, model in FILES.items():
        file = path / name
        if not file.is_file():
            findings.append(Finding(str(file), 1, f"The file {name} is missing.", "Add it, or correct its name."))
            continue
        try:
            document = read_document(file)
            files[name] = validate(model, document), document
        except DocumentError as error:
            findings.extend(error.findings)
    findings.extend(_strangers(path))
    return StandardsFolder(codes=tuple(codes), all_codes=all_codes, files=files), findings


def _strangers(path: Path) -> Iterator[Finding]:
    """A file that nothing reads would silently never be shown."""
    for file in sorted(path.rglob("*.y*ml")):
        place = file.relative_to(path)
        known = place.as_posix() in FILES or (place.parent == Path(CODES) and place.suffix == ".yaml")
        if not known:
            yield Finding(str(file), 1, "Nothing reads this file.", f"Move it to {CODES}/, or into one of: {', '.join(FILES)}.")
