"""
Writing a case as the YAML file that `goodstanding evaluate` reads.

The file must come back as the same case, or a clinician's download would disagree with her page. So nothing is written
that :mod:`goodstanding.core.documents` reads differently: no aliases, text quoted wherever it looks like a number or a
day, and keys left out exactly where their absence means the same.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import yaml

from goodstanding.core.rules.case import Case

__all__ = ["case_as_yaml"]

_KEPT_EMPTY = frozenset({"approvals"})
"""An empty list of approvals means none; leaving the key out would mean not stated."""


def case_as_yaml(case: Case) -> str:
    """The case file, with a comment that says what to do with it."""
    lines = ["# Read by: goodstanding evaluate FILE"]
    if case.on is not None:
        lines.append(f"on: {case.on.isoformat()}")
    data = _lean(case.model_dump(mode="python", exclude={"on"}))
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)
    return "\n".join((*lines, body))


def _lean(value: Any) -> Any:
    """Plain data without what is absent anyway, and without what is the default."""
    if isinstance(value, dict):
        lean = {key: _lean(item) for key, item in value.items()}
        return {
            key: item
            for key, item in lean.items()
            if not (item is None or (item is False and key == "provisional") or (item in ([], {}) and key not in _KEPT_EMPTY))
        }
    if isinstance(value, tuple | list):
        return [_lean(item) for item in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Writes what the strict reader allows."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _decimal(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    text = f"{value:f}"
    kind = "int" if value == value.to_integral_value() and "." not in text else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    """Always quoted where the reader or another YAML reader could take the text for something else."""
    plain = value.replace(" ", "").replace("_", "").isalpha() and value not in ("null", "true", "false", "yes", "no", "on", "off")
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


def _day(dumper: _Dumper, value: dt.date) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(dt.date, _day)
