"""The parts of a rule that somebody may mean: what is required, what is limited, what is open, where it was read."""

from __future__ import annotations

from goodstanding.core.rules.model import RuleFile

__all__ = ["part_label", "parts_of"]


def parts_of(rule: RuleFile) -> dict[str, dict[str, str]]:
    """By heading, the id of each part (such as `requirement:ethics`) and what it is called; headings without parts are left out."""
    groups = {
        "What is required": {f"requirement:{one}": _upper(rule.versions(one)[-1].label) for one in rule.requirement_ids()},
        "Limits": {f"cap:{cap.id}": _upper(cap.label) for cap in rule.caps},
        "What is open": {f"question:{one.id}": one.text for one in rule.open_questions},
        "Sources": {f"source:{name}": source.says for name, source in rule.sources.items()},
    }
    return {heading: parts for heading, parts in groups.items() if parts}


def part_label(rule: RuleFile, part: str) -> str:
    """What a part is called; its id where the rule has no such part any more, and nothing for the whole rule."""
    return next((parts[part] for parts in parts_of(rule).values() if part in parts), part)


def _upper(label: str) -> str:
    return label[:1].upper() + label[1:]
