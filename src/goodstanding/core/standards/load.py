"""
Reading ``standards/``: all files as one immutable book.

Parsing is the slow part, so a book is kept per folder as long as no file in it changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from goodstanding.core.documents import DocumentError
from goodstanding.core.standards.check import faults
from goodstanding.core.standards.files import StandardsFolder, read_standards
from goodstanding.core.standards.model import (
    Case,
    CaseFile,
    Code,
    DecisionModel,
    DecisionModelFile,
    Duty,
    DutyFile,
    FormerClients,
    GlossaryFile,
    Law,
    LawFile,
    Observation,
    Place,
    Profession,
    StateFile,
    StateTable,
    Statistic,
    StatisticFile,
    Term,
    WalkThrough,
)

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class CodeView:
    """What one code says on one duty."""

    code: Code
    places: Mapping[str, Place]
    own: bool
    """Whether it is a code of the reader's profession."""


@dataclass(frozen=True)
class DutyView:
    """A duty with the codes that say it, the reader's own first."""

    id: str
    duty: Duty
    codes: tuple[CodeView, ...]


@dataclass(frozen=True)
class StandardsBook:
    """Everything in one folder of standards, by id."""

    codes: Mapping[str, Code]
    subjects: Mapping[str, str]
    duties: Mapping[str, Duty]
    cases: Mapping[str, Case]
    statistics: Mapping[str, Statistic]
    observations: tuple[Observation, ...]
    laws: Mapping[str, Law]
    state_tables: Mapping[str, StateTable]
    decision_models: Mapping[str, DecisionModel]
    walk_through: WalkThrough
    glossary: Mapping[str, Term]
    glossary_groups: Mapping[str, str]
    version: str
    """A hash of all files: another version may say something else."""
    _places: Mapping[str, tuple[str, Place]] = field(repr=False, compare=False)

    @property
    def reference_ids(self) -> frozenset[str]:
        """Every id by which a course may cite something that stands here; what has one is compared with its entry."""
        return frozenset().union(self.codes, self.cases, self.laws, self.decision_models, self.statistics)

    def standard(self, standard_id: str) -> tuple[Code, Place]:
        """The place called `standard_id` and the code it is in; KeyError if there is none."""
        code, place = self._places[standard_id]
        return self.codes[code], place

    def find(self, code: str, number: str) -> Place | None:
        """The standard with this `number` in `code`, which names the edition too; None if no duty points there."""
        known = self.codes.get(code)
        if known is None:
            return None
        return next(
            (place for place in known.standards.values() if place.number == number and place.precision == "standard"), None
        )

    def codes_for(self, profession: Profession | None) -> tuple[Code, ...]:
        """All codes: first the leading one of `profession`, then its others, then the leading codes of others, then the rest."""

        def rank(code: Code) -> tuple[bool, bool, str]:
            return profession not in code.professions, not code.leading, code.id

        return tuple(sorted(self.codes.values(), key=rank))

    def duty_for(self, profession: Profession | None, duty_id: str) -> DutyView:
        """One duty with its codes in the order of :meth:`codes_for`; KeyError if there is no such duty."""
        duty = self.duties[duty_id]
        views = []
        for code in self.codes_for(profession):
            places = {each: code.standards[each] for each in duty.standards if each in code.standards}
            if places:
                views.append(CodeView(code=code, places=places, own=profession in code.professions))
        return DutyView(id=duty_id, duty=duty, codes=tuple(views))

    def duties_for(self, profession: Profession | None, subject: str) -> tuple[DutyView, ...]:
        """The duties on `subject` in the order of the file, each with the codes of `profession` first."""
        if subject not in self.subjects:
            raise KeyError(subject)
        return tuple(self.duty_for(profession, duty_id) for duty_id, duty in self.duties.items() if duty.subject == subject)

    def cases_on(self, duty_id: str) -> dict[str, Case]:
        """The cases that teach something about a duty."""
        return {case_id: case for case_id, case in self.cases.items() if duty_id in case.duties}

    def laws_on(self, duty_id: str) -> dict[str, Law]:
        """The laws that bear on a duty."""
        return {law_id: law for law_id, law in self.laws.items() if duty_id in law.duties}

    def former_client_rules(self) -> dict[str, FormerClients]:
        """How long contact with former clients is forbidden, by the id of the code or law; where none is known, there is none."""
        sources: dict[str, Code | Law] = {**self.codes, **self.laws}
        return {name: source.former_clients for name, source in sources.items() if source.former_clients is not None}


_cache: dict[Path, tuple[tuple[tuple[str, int, int], ...], StandardsBook]] = {}


def load_standards(path: Path) -> StandardsBook:
    """
    The book of the folder `path`; the same object as long as no file there changed.

    Raises DocumentError with every finding of every file, also where files contradict each other.
    """
    folder = path.resolve()
    stamp = tuple(
        (str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in sorted(folder.rglob("*.yaml")) if file.is_file()
    )
    kept = _cache.get(folder)
    if kept and kept[0] == stamp:
        return kept[1]
    parts, findings = read_standards(path)
    findings.extend(faults(parts))
    if findings:
        raise DocumentError(findings)
    book = _book(parts, _version(folder))
    _cache[folder] = (stamp, book)
    return book


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.yaml")):
        # Each name and content is hashed on its own first, so that no text can move from one file to the next unseen.
        for part in (file.relative_to(folder).as_posix().encode(), file.read_bytes()):
            digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:12]


def _book(parts: StandardsFolder, version: str) -> StandardsBook:
    def file(name: str, model: type[_Model]) -> _Model:
        found = parts.file(name, model)
        assert found is not None, name
        return found[0]

    duties, cases = file("duties.yaml", DutyFile), file("cases.yaml", CaseFile)
    statistics, models = file("statistics.yaml", StatisticFile), file("decision_models.yaml", DecisionModelFile)
    glossary = file("glossary.yaml", GlossaryFile)
    codes = {code.id: code for code, _ in parts.codes}
    return StandardsBook(
        codes=codes,
        subjects=duties.subjects,
        duties=duties.duties,
        cases=cases.cases,
        statistics=statistics.statistics,
        observations=statistics.observations,
        laws=file("laws.yaml", LawFile).laws,
        state_tables=file("laws_by_state.yaml", StateFile).tables,
        decision_models=models.models,
        walk_through=models.walk_through,
        glossary=glossary.terms,
        glossary_groups=glossary.groups,
        version=version,
        _places={name: (code.id, place) for code in codes.values() for name, place in code.standards.items()},
    )
