"""Reading YAML strictly: limits, types, and messages that name file, line and mend."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.documents import (
    MAX_BYTES,
    DocumentError,
    Number,
    Sequence,
    Strict,
    parse_document,
    read_document,
    validate,
)


class Part(Strict):
    amount: Number
    topics: Sequence[str] = ()


class Case(Strict):
    on: dt.date
    parts: Sequence[Part] = ()


def refusal(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        validate(Case, parse_document(text, name="case.yaml"))
    return str(caught.value)


def test_values_are_exact_and_words_stay_words() -> None:
    case = validate(Case, parse_document("on: 2026-11-23\nparts:\n  - {amount: 1.10, topics: [no, on, 010]}\n", name="x"))
    assert case == Case(on=dt.date(2026, 11, 23), parts=(Part(amount=Decimal("1.10"), topics=("no", "on", "010")),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("on: 2026-02-30\n", "case.yaml:1: There is no day 2026-02-30. Write a day of the calendar"),
        ("on: tomorrow\n", "case.yaml:1: `on` must be a day like 2026-11-23, not “tomorrow”."),
        ("\n\npart: []\non: 2026-01-01", "case.yaml:3: The key `part` is not known. Did you mean `parts`?"),
        (
            "on: 2026-01-01\nparts:\n - amount: 3\n   topcs: []",
            "case.yaml:4: The key `parts[0].topcs` is not known. Did you mean `topics`?",
        ),
        ("parts: []", "case.yaml:1: The key `on` is missing. Add it."),
        ("on: 2026-01-01\nparts:\n - {amount: '3'}", "case.yaml:3: `parts[0].amount` must be a number, not “3”."),
        ("on: 2026-01-01\nparts: {}", "case.yaml:2: `parts` must be a list, not a mapping."),
        ("- 1", "case.yaml:1: The file must be a mapping (key: value), not a list."),
        ("", "case.yaml:1: The file must be a mapping (key: value), not empty."),
        ("on: 2026-01-01\non: 2026-01-02", "case.yaml:2: The key `on` stands twice."),
        ("a: &x [1]\nb: *x", "case.yaml:1: Anchors (&name) are not allowed."),
        ("a: *x", "case.yaml:1: Aliases (*name) are not allowed."),
        ("a: !!python/object/apply:os.system [ls]", "The tag tag:yaml.org,2002:python/object/apply:os.system is not allowed."),
        ("a: 1\n---\nb: 2", "case.yaml:2: The file holds more than one document."),
        ("? [a, b]\n: c", "case.yaml:1: A key must be a single word"),
        ("a:\n  b: 1\n c: 2", "case.yaml:3: This is not valid YAML"),
        ("a: \x07", "case.yaml:1: The text holds a character that YAML does not allow."),
        ("[" * 100_000, "case.yaml:1: The file is nested more than 40 levels deep."),
        ("[" + "1," * 250_000 + "]", "The file holds more than 200,000 values."),
    ],
)
def test_each_fault_is_named_with_line_and_mend(text: str, message: str) -> None:
    assert message in refusal(text)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    levels = "\n".join(f"l{n}: &l{n} [{', '.join(f'*l{n - 1}' for _ in range(9))}]" for n in range(1, 9))
    assert "Anchors (&name) are not allowed" in refusal(f"l0: &l0 [ha]\n{levels}")


def test_a_huge_file_a_missing_file_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    huge, binary = tmp_path / "huge.yaml", tmp_path / "binary.yaml"
    huge.write_bytes(b"a: " + b"x" * (MAX_BYTES * 10))
    binary.write_bytes(b"a: 1\nb: \xff\xfe")
    for path, message in (
        (huge, "larger than 1,000,000 bytes"),
        (binary, "binary.yaml:2: The file is not UTF-8 text."),
        (tmp_path / "none.yaml", "The file can not be read: No such file or directory."),
        (tmp_path, "The file can not be read"),
    ):
        with pytest.raises(DocumentError, match=re.escape(message)):
            read_document(path)


@given(st.text(max_size=200))
def test_any_text_gives_data_or_a_finding(text: str) -> None:
    try:
        document = parse_document(text, name="any.yaml")
    except DocumentError as error:
        findings = error.findings
    else:
        findings = (document.finding(("nothing", 3), "Reading went well."),)
    assert all(finding.line >= 1 and finding.problem for finding in findings)
    assert findings
