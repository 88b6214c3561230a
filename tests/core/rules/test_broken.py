"""Each file below `broken/` is wrong in one way; its first line says what the one message must say."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.core.documents import DocumentError, Finding
from goodstanding.core.rules.case import read_case
from goodstanding.core.rules.check import check_rules
from goodstanding.core.rules.load import load_rules

BROKEN = Path(__file__).parent / "broken"
RULES = Path(__file__).parents[3] / "rules"


def _expected(path: Path) -> str:
    return path.read_text().splitlines()[0].removeprefix("# expect: ")


def _files(folder: str) -> list[object]:
    return [pytest.param(path, id=path.stem) for path in sorted((BROKEN / folder).glob("*.yaml"))]


def _assert_says(findings: list[Finding], path: Path) -> None:
    assert len(findings) == 1, [str(finding) for finding in findings]
    message = str(findings[0])
    assert "\n" not in message
    assert message.startswith(f"{path}:{_expected(path)}"), message


@pytest.mark.parametrize("path", _files("cases"))
def test_broken_case_file(path: Path) -> None:
    with pytest.raises(DocumentError) as caught:
        read_case(path, load_rules(RULES))
    _assert_says(list(caught.value.findings), path)


@pytest.mark.parametrize("path", _files("rules"))
def test_broken_rule_file(path: Path) -> None:
    _assert_says(check_rules(path, vocabulary=RULES), path)


def test_case_file_too_large(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_text("# " + "x" * 10_000_000)
    with pytest.raises(DocumentError, match="larger than 1,000,000 bytes"):
        read_case(path, load_rules(RULES))


def test_alias_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    path.write_text(
        "a: &a [1,1]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(20))
    )
    with pytest.raises(DocumentError, match="Anchors"):
        read_case(path, load_rules(RULES))


def test_an_id_must_equal_the_path(tmp_path: Path) -> None:
    (tmp_path / "us").mkdir()
    (tmp_path / "us" / "lmft.yaml").write_text((RULES / "us/ca/lmft.yaml").read_text())
    (finding,) = check_rules(tmp_path, vocabulary=RULES)
    assert (finding.problem, finding.mend) == ("The id `us/ca/lmft` differs from the path.", "Write `id: us/lmft`.")


def test_a_vocabulary_with_a_circle_is_found(tmp_path: Path) -> None:
    for name in ("facts.yaml", "approvals.yaml"):
        (tmp_path / name).write_text((RULES / name).read_text())
    (tmp_path / "topics.yaml").write_text("topics:\n  a: {label: a, broader: [b]}\n  b: {label: b, broader: [a, missing]}\n")
    problems = [finding.problem for finding in check_rules(tmp_path)]
    assert "`a` is broader than itself." in problems
    assert "`b` names the broader topic `missing`." in problems


def test_all_findings_of_all_files_are_given_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("id: nothing\n")
    paths = {finding.path for finding in check_rules(tmp_path, vocabulary=RULES)}
    assert paths == {str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")}


def test_an_empty_folder_is_a_finding(tmp_path: Path) -> None:
    (finding,) = check_rules(tmp_path, vocabulary=RULES)
    assert finding.problem == "There is no rule file here."


def test_loading_a_broken_folder_raises_every_finding(tmp_path: Path) -> None:
    for name in ("topics.yaml", "facts.yaml", "approvals.yaml"):
        (tmp_path / name).write_text((RULES / name).read_text())
    (tmp_path / "bad.yaml").write_text("id: 3\n")
    with pytest.raises(DocumentError) as caught:
        load_rules(tmp_path)
    assert len(caught.value.findings) > 5


def test_a_part_of_the_tree_can_be_checked_alone() -> None:
    assert check_rules(RULES / "us") == []
    assert check_rules(RULES / "us/ca/lmft.yaml") == []


def test_a_file_named_alone_inside_a_tree_is_compared_with_its_place(tmp_path: Path) -> None:
    for name in ("topics.yaml", "facts.yaml", "approvals.yaml"):
        (tmp_path / name).write_text((RULES / name).read_text())
    (tmp_path / "us").mkdir()
    (tmp_path / "us/lmft.yaml").write_text((RULES / "us/ca/lmft.yaml").read_text())
    (finding,) = check_rules(tmp_path / "us/lmft.yaml")
    assert finding.mend == "Write `id: us/lmft`."
