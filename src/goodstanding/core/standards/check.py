"""Faults in ``standards/``, each with file, line and mend: what ``goodstanding check standards`` prints."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from goodstanding.core.documents import Document, Finding, Location
from goodstanding.core.standards.files import StandardsFolder, read_standards
from goodstanding.core.standards.model import (
    CaseFile,
    Code,
    DecisionModelFile,
    DutyFile,
    GlossaryFile,
    LawFile,
    StateFile,
    StatisticFile,
    Verification,
    standard_id,
)

_QUOTED = re.compile(r"[“”\"]")


def check_standards(path: Path) -> list[Finding]:
    """What is wrong with the folder of standards at `path`, in order; empty if nothing is."""
    if not path.is_dir():
        return [
            Finding(str(path), 1, "There is no such folder.", "Name the folder of standards; its files are checked together.")
        ]
    parts, findings = read_standards(path)
    return sorted([*findings, *faults(parts)])


def faults(parts: StandardsFolder) -> Iterator[Finding]:
    """Where files that fit their schema contradict themselves or each other. What could not be read is not compared with."""
    for code, document in parts.codes:
        yield from _code(code, document)
    yield from _leaders(parts)
    yield from _duties(parts)
    yield from _cases(parts)
    yield from _statistics(parts)
    yield from _laws(parts)
    yield from _tables(parts)
    yield from _models(parts)
    yield from _glossary(parts)


def _code(code: Code, document: Document) -> Iterator[Finding]:
    stem = Path(document.path).stem
    if code.id != stem:
        yield document.finding(("id",), f"The code is called `{code.id}`, but its file {stem}.yaml.", f"Write `id: {stem}`.")
        return  # Its standards follow from the id; one finding says it all.
    yield from _sourced(document, (), code.verification, code.sources)
    for name, place in code.standards.items():
        at: Location = ("standards", name)
        if place.number is None and (place.precision == "standard" or place.title is None):
            yield document.finding(at, f"The place `{name}` has no number.", "Write it, or give a section its title.")
            continue
        expected = standard_id(code.id, place)
        if name != expected:
            yield document.finding(at, f"The id `{name}` does not follow from code, edition and number.", f"Write `{expected}`.")
    rule = code.former_clients
    if rule is not None and rule.always_prohibited and rule.minimum_years is not None:
        yield document.finding(
            ("former_clients",),
            "Contact with former clients can not be both always prohibited and allowed after some years.",
            "Remove `minimum_years` or `always_prohibited`.",
        )


def _leaders(parts: StandardsFolder) -> Iterator[Finding]:
    """Two leading codes of one profession would leave the order to chance."""
    leaders: dict[str, str] = {}
    for code, document in parts.codes:
        for profession in code.professions if code.leading else ():
            if profession in leaders:
                yield document.finding(
                    ("leading",),
                    f"`{leaders[profession]}` leads for `{profession}` already.",
                    "Keep `leading` in one of the two; an older edition gives it up.",
                )
            leaders.setdefault(profession, code.id)


def _duties(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("duties.yaml", DutyFile)
    if found is None:
        return
    file, document = found
    places = {name: code.id for code, _ in parts.codes for name in code.standards}
    leading = {code.id for code, _ in parts.codes if code.leading}
    named: set[str] = set()
    for duty_id, duty in file.duties.items():
        at: Location = ("duties", duty_id)
        yield from _known(document, (*at, "subject"), [duty.subject], file.subjects, "subject")
        if parts.all_codes:
            yield from _known(document, (*at, "standards"), duty.standards, places, "standard")
        yield from _twice(document, (*at, "standards"), duty.standards)
        if _QUOTED.search(duty.paraphrase):
            yield document.finding(
                (*at, "paraphrase"),
                f"The paraphrase of `{duty_id}` holds quotation marks.",
                "Codes are copyrighted; use own words.",
            )
        named.update(duty.standards)
        for code in sorted(leading - {places.get(name) for name in duty.standards}) if parts.all_codes else ():
            yield document.finding(
                (*at, "standards"),
                f"The duty `{duty_id}` names no place of `{code}`.",
                "Name the nearest one: its readers look there first.",
            )
    for subject in file.subjects:
        if all(duty.subject != subject for duty in file.duties.values()):
            yield document.finding(("subjects", subject), f"No duty is on the subject `{subject}`.", "Write one, or remove it.")
    for code_file, code_document in parts.codes:
        for name in code_file.standards:
            if name not in named:
                yield code_document.finding(
                    ("standards", name), f"No duty names `{name}`.", "Name it in duties.yaml, or remove it here."
                )


def _cases(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("cases.yaml", CaseFile)
    if found is None:
        return
    file, document = found
    for case_id, case in file.cases.items():
        at: Location = ("cases", case_id)
        yield from _about_duties(parts, document, at, case.duties)
        yield from _sourced(document, at, case.verification, case.sources)


def _statistics(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("statistics.yaml", StatisticFile)
    if found is None:
        return
    file, document = found
    for name, statistic in file.statistics.items():
        at: Location = ("statistics", name)
        yield from _sourced(document, at, statistic.verification, statistic.sources)
        if not (statistic.finding or statistic.figures or statistic.ranked):
            yield document.finding(at, f"The statistic `{name}` says nothing.", "Add a finding, figures or a ranking.")
    duties = parts.file("duties.yaml", DutyFile)
    if duties is not None:
        for number, observation in enumerate(file.observations):
            yield from _known(document, ("observations", number, "subject"), [observation.subject], duties[0].subjects, "subject")


def _laws(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("laws.yaml", LawFile)
    if found is None:
        return
    file, document = found
    for law_id, law in file.laws.items():
        at: Location = ("laws", law_id)
        yield from _about_duties(parts, document, at, law.duties)
        yield from _sourced(document, at, law.verification, law.sources)
        for number, fact in enumerate(law.facts):
            if law.verification == "unverified" and fact.verification != "unverified":
                yield document.finding(
                    (*at, "facts", number),
                    f"A fact of `{law_id}` is marked as read, but the law as unverified.",
                    "Mark both as what was read.",
                )
    cases = parts.file("cases.yaml", CaseFile)
    if cases is not None:
        for law_id in file.laws.keys() & cases[0].cases.keys():
            # Courses cite both by id alone.
            yield document.finding(("laws", law_id), f"There is a case `{law_id}` too.", "Give one of them another id.")


def _tables(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("laws_by_state.yaml", StateFile)
    if found is None:
        return
    file, document = found
    laws = parts.file("laws.yaml", LawFile)
    for name, table in file.tables.items():
        at: Location = ("tables", name)
        if laws is not None:
            yield from _known(document, (*at, "law"), [table.law], laws[0].laws, "law")
        yield from _sourced(document, at, table.verification, table.sources)
        words = {value for value in table.values.values() if isinstance(value, str)}
        for word in sorted(words - table.meanings.keys()):
            yield document.finding((*at, "values"), f"Nothing says what “{word}” means.", "Explain it in `meanings`.")
        for word in sorted(table.meanings.keys() - words):
            yield document.finding((*at, "meanings", word), f"No state has the value “{word}”.", "Remove it.")
        for state in sorted(table.operational_since.keys() - table.values.keys()):
            yield document.finding(
                (*at, "operational_since", state), f"{state} is operational, but not among the values.", "Add it there."
            )


def _models(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("decision_models.yaml", DecisionModelFile)
    if found is None:
        return
    file, document = found
    for name, model in file.models.items():
        at: Location = ("models", name)
        yield from _sourced(document, at, model.verification, model.sources)
        if not model.steps:
            yield document.finding(at, f"The model `{name}` has no steps.", "Write at least one.")
    yield from _twice(document, ("walk_through", "steps"), [step.id for step in file.walk_through.steps])
    for number, step in enumerate(file.walk_through.steps):
        yield from _known(
            document, ("walk_through", "steps", number, "from_models"), step.from_models, file.models, "decision model"
        )


def _glossary(parts: StandardsFolder) -> Iterator[Finding]:
    found = parts.file("glossary.yaml", GlossaryFile)
    if found is None:
        return
    file, document = found
    shown: dict[str, str] = {}
    for name, term in file.terms.items():
        at: Location = ("terms", name)
        yield from _known(document, (*at, "group"), [term.group], file.groups, "group")
        yield from _sourced(document, at, term.verification, term.sources)
        if term.term.lower() in shown:
            yield document.finding(at, f"“{term.term}” is explained twice.", f"Keep `{name}` or `{shown[term.term.lower()]}`.")
        shown[term.term.lower()] = name


def _about_duties(parts: StandardsFolder, document: Document, at: Location, duties: Iterable[str]) -> Iterator[Finding]:
    known = parts.file("duties.yaml", DutyFile)
    if known is not None:
        yield from _known(document, (*at, "duties"), duties, known[0].duties, "duty")


def _known(document: Document, at: Location, names: Iterable[str], known: Collection[str], what: str) -> Iterator[Finding]:
    for number, name in enumerate(names):
        if name not in known:
            yield document.finding((*at, number), f"There is no {what} `{name}`.", mend_for(name, known))


def mend_for(name: str, known: Collection[str]) -> str:
    """What to write instead of a `name` that is not `known`."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else "Add it first, or correct the id."


def _twice(document: Document, at: Location, names: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if name in seen:
            yield document.finding((*at, number), f"`{name}` is there twice.", "Keep one of the lines.")
        seen.add(name)


def _sourced(document: Document, at: Location, verification: Verification, sources: Collection[str]) -> Iterator[Finding]:
    if verification != "unverified" and not sources:
        name = f"`{at[-1]}`" if at else "The code"
        yield document.finding(
            at,
            f"{name} is marked as {verification.replace('_', ' ')}, but names no source.",
            "Name where, or mark it unverified.",
        )
