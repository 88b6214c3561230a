"""Each file below `broken/` is wrong in one way; its first line says what the one message must say."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from goodstanding.core.courseware import Duty, Reference, Term
from goodstanding.core.documents import Finding, Sequence, Strict, read_document, validate
from goodstanding.core.standards import check_standards, load_standards, reference_faults

HERE = Path(__file__).parent
BROKEN = HERE / "broken"
SOUND = HERE / "sound"


class Sources(Strict):
    """A course's sources.yaml."""

    references: Sequence[Reference]
    duties: Sequence[Duty]
    glossary: Sequence[Term] = ()


def faults_in_sources(path: Path) -> list[Finding]:
    """What is wrong with the sources of a course at `path`, by the sound standards."""
    document = read_document(path)
    sources = validate(Sources, document)
    book = load_standards(SOUND)
    return list(
        reference_faults(book, references=sources.references, duties=sources.duties, glossary=sources.glossary, document=document)
    )


def faults_with(path: Path) -> list[Finding]:
    """What is wrong once the file at `path` stands in the place of its sound twin."""
    place = path.relative_to(BROKEN).parent
    if place == Path("sources"):
        return faults_in_sources(path)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "standards"
        shutil.copytree(SOUND, copy)
        target = copy / f"{place}.yaml"
        shutil.copyfile(path, target)
        findings = check_standards(copy)
        assert {finding.path for finding in findings} <= {str(target)}
        return findings


@pytest.mark.parametrize("path", sorted(BROKEN.rglob("*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_broken_file(path: Path) -> None:
    findings = faults_with(path)
    assert len(findings) == 1, [str(finding) for finding in findings]
    [finding] = findings
    expected = path.read_text().splitlines()[0].removeprefix("# expect: ")
    assert f"{finding.line}: {finding.problem} {finding.mend}".rstrip() == expected


def test_sound_files_have_no_faults() -> None:
    assert check_standards(SOUND) == []
    assert faults_in_sources(HERE / "sources.yaml") == []
