"""Every rule at a glance, for whoever looks for a license: what it asks for in hours, how it is known, and where it lies on the map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goodstanding.core.rules.load import RuleBook
from goodstanding.core.rules.overview import Figure, ethics_hours, total_hours
from goodstanding.kept import Kept
from goodstanding.licensing.places import PLACES
from goodstanding.licensing.rulebook import PROFESSION_NAMES, rulebook

__all__ = ["PROFESSIONS", "SUBJECTS", "Listed", "Tile", "entries", "find", "place_of", "places", "tiles"]

PROFESSIONS = {
    "counselor": "Counselors",
    "psychologist": "Psychologists",
    "social_worker": "Social workers",
    "mft": "Marriage and family therapists",
}
SUBJECTS = {"ethics": "ethics hours", "total": "all hours"}

_GRID = """
AK .. .. .. .. .. .. .. .. .. ME
.. .. .. .. .. .. .. .. .. VT NH
WA ID MT ND MN IL WI MI NY RI MA
OR NV WY SD IA IN OH PA NJ CT ..
CA UT CO NE MO KY WV VA MD DE ..
.. AZ NM KS AR TN NC SC DC .. ..
.. .. .. OK LA MS AL GA .. .. ..
HI .. .. TX .. .. .. .. FL .. ..
"""
"""Where the states stand when each is one tile; their neighbors are about where they are on a map."""

_STEPS = {"ethics": (2, 4, 6), "total": (20, 30, 40)}
"""The most hours of the first three shades."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One rule as a line of the list."""

    rule: str
    title: str
    jurisdiction: str
    place: str
    board: str
    professions: tuple[str, ...]
    license_types: tuple[str, ...]
    months: int
    total: Figure
    ethics: Figure
    confidence: str
    open_questions: int
    checked_on: dt.date

    @property
    def types(self) -> str:
        return ", ".join(self.license_types)

    @property
    def served(self) -> str:
        """Counselors, social workers: whose license it is, in words."""
        return ", ".join(PROFESSION_NAMES[one] for one in self.professions)

    @property
    def years(self) -> str:
        """2 years, 18 months."""
        years, months = divmod(self.months, 12)
        return f"{self.months} months" if months else f"{years} {'year' if years == 1 else 'years'}"

    @property
    def open_word(self) -> str:
        """How well it is known, in a word or two."""
        if self.confidence == "conflicting":
            return "Sources disagree"
        if self.open_questions:
            return f"{self.open_questions} open {'question' if self.open_questions == 1 else 'questions'}"
        return "Settled" if self.confidence == "primary" else "From secondary sources"

    def figure(self, subject: str) -> Figure:
        return self.ethics if subject == "ethics" else self.total


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A state on the map: where it stands, what it shows, and the rule or the state that it leads to."""

    code: str
    place: str
    column: int
    row: int
    leads_to: str
    shown: str
    look: str
    said: str


def entries(on: dt.date) -> tuple[Listed, ...]:
    """All rules, by place and title, with the figures that hold `on` that day."""
    book = rulebook()
    return _kept.get((book.version, on), lambda: _entries(book, on))


_kept: Kept[tuple[str, dt.date], tuple[Listed, ...]] = Kept(4)


def _entries(book: RuleBook, on: dt.date) -> tuple[Listed, ...]:
    found = []
    for rule_id in book:
        rule = book[rule_id]
        file = rule.file
        found.append(
            Listed(
                rule=rule_id,
                title=file.title,
                jurisdiction=file.jurisdiction,
                place=place_of(file.jurisdiction),
                board=file.board.name,
                professions=tuple(file.professions),
                license_types=tuple(file.license_types),
                months=file.cycle.months,
                total=total_hours(rule, on=on),
                ethics=ethics_hours(rule, book, on=on),
                confidence=file.confidence,
                open_questions=len(file.open_questions),
                checked_on=file.checked_on,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.place, one.title)))


def place_of(jurisdiction: str) -> str:
    """The name of a jurisdiction; a code that has none stands for itself."""
    return PLACES.get(jurisdiction, jurisdiction)


def places(listed: Iterable[Listed]) -> dict[str, str]:
    """The folder of each place that has a rule, such as us/ca, and its name."""
    return {one.rule.rpartition("/")[0]: one.place for one in listed}


def find(listed: Iterable[Listed], *, profession: str = "", words: str = "", subject: str = "ethics", at_least: int | None = None, known: str = "") -> tuple[Listed, ...]:  # fmt: skip
    """
    Those that serve the `profession`, hold every one of the `words` somewhere, and ask for `at_least` so many hours.

    `known` keeps those that are certain (`sure`) or those with something left open (`open`).
    """
    wanted = words.casefold().split()
    found = []
    for one in listed:
        if profession and profession not in one.professions:
            continue
        text = f"{one.place} {one.jurisdiction} {one.title} {one.types} {one.board} {one.served}".casefold()
        if not all(word in text for word in wanted):
            continue
        figure = one.figure(subject)
        if at_least is not None and (figure.most is None or figure.most < at_least):
            continue
        sure = figure.state != "unknown" and figure.least == figure.most and one.confidence == "primary"
        if (known == "sure" and not sure) or (known == "open" and sure):
            continue
        found.append(one)
    return tuple(found)


def tiles(listed: Sequence[Listed], *, subject: str) -> tuple[Tile, ...]:
    """The map of the states for those listed. A state with several of them shows all their hours and leads to the state's page."""
    of: dict[str, list[Listed]] = {}
    for one in listed:
        of.setdefault(one.jurisdiction, []).append(one)
    found = []
    for row, line in enumerate(_GRID.split("\n")[1:-1]):
        for column, code in enumerate(line.split()):
            if code != "..":
                found.append(_tile(code, row, column, of.get(f"US-{code}", []), subject))
    return tuple(sorted(found, key=lambda tile: tile.place))


def _tile(code: str, row: int, column: int, listed: Sequence[Listed], subject: str) -> Tile:
    place = place_of(f"US-{code}")
    figures = [one.figure(subject) for one in listed]
    amounts = [amount for figure in figures for amount in (figure.least, figure.most) if amount is not None]
    if not listed:
        shown, look, said = "", "absent", "no rule read yet"
    elif any(figure.state == "unknown" for figure in figures):
        shown, look, said = "?", "unknown", f"{SUBJECTS[subject]} not known"
    elif not amounts:
        shown, look, said = "none", "none", f"no {SUBJECTS[subject]} named"
    else:
        figure = Figure("hours", min(amounts), max(amounts))
        shown = figure.words.replace(" to ", "–")
        look = f"t{1 + sum(max(amounts) > step for step in _STEPS[subject])}"
        said = f"{figure.words} {SUBJECTS[subject]}"
    leads_to = listed[0].rule if len(listed) == 1 else f"us/{code.lower()}" if listed else ""
    return Tile(code=code, place=place, column=column, row=row, leads_to=leads_to, shown=shown, look=look, said=said)
