"""The rules of this process, and the license types that they know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

from goodstanding.core.rules.load import RuleBook, load_rules
from goodstanding.licensing.places import PLACES

__all__ = ["LicenseType", "license_types", "rulebook"]

PROFESSION_NAMES = {
    "counselor": "counselor",
    "psychologist": "psychologist",
    "social_worker": "social worker",
    "mft": "marriage and family therapist",
}


@dataclass(frozen=True, kw_only=True)
class LicenseType:
    """One type of license that can be added: a line of the list to choose from."""

    rule: str
    profession: str
    license_type: str
    place: str
    name: str
    title: str
    board: str
    board_url: str

    @property
    def key(self) -> str:
        """What a form sends for it."""
        return f"{self.rule}:{self.license_type}:{self.profession}"

    @property
    def label(self) -> str:
        return f"{self.name} · {self.board}"


def rulebook() -> RuleBook:
    """The rules below the content folder, read once per process."""
    return _read(Path(settings.CONTENT_ROOT) / "rules")


@cache
def _read(folder: Path) -> RuleBook:
    return load_rules(folder)


def license_types() -> tuple[LicenseType, ...]:
    """All license types of the rules, by place and name."""
    return _types_of(Path(settings.CONTENT_ROOT) / "rules")


@cache
def _types_of(folder: Path) -> tuple[LicenseType, ...]:
    book = _read(folder)
    found = []
    for rule_id in book:
        rule = book[rule_id].file
        place = PLACES.get(rule.jurisdiction, rule.jurisdiction)
        for license_type in rule.license_types:
            for profession in rule.professions:
                serves = f" as {PROFESSION_NAMES[profession]}" if len(rule.professions) > 1 else ""
                found.append(
                    LicenseType(
                        rule=rule_id,
                        profession=profession,
                        license_type=license_type,
                        place=place,
                        name=f"{place} {license_type}{serves}",
                        title=rule.title,
                        board=rule.board.name.removeprefix(f"{place} "),
                        board_url=rule.board.url or "",
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.place, one.name)))
