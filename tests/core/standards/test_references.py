"""`goodstanding check courses` compares what a course cites with the standards beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from goodstanding.core.courseware import check_courses

ROOT = Path(__file__).parents[3]
SLUG = "a-former-client-asks-for-coffee"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "standards", tmp_path / "standards")
    shutil.copytree(ROOT / "courses" / SLUG, tmp_path / "courses" / SLUG)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_a_course_that_cites_what_is_there_has_no_findings(content: Path) -> None:
    assert check_courses(content / "courses") == []
    assert check_courses(content / "courses" / SLUG) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("01-the-line-at-the-counter.md", "\n## ", "\n\nSo it was held in *Doe v. Roe*.\n\n## "),
        ("post_test.yaml", "rationale: >-\n          ", "rationale: >-\n          As in Doe v. Roe. "),
        ("scenarios/the-free-hour.yaml", "verdict: ", "verdict: As in Doe v. Roe. "),
    ],
)
def test_a_decision_named_anywhere_in_a_course_must_be_in_the_standards(content: Path, file: str, old: str, new: str) -> None:
    path = content / "courses" / SLUG / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    [finding] = [each for each in check_courses(content / "courses") if "Doe" in each.problem]
    assert finding.path == str(path)
    assert "Doe v. Roe" in "".join(path.read_text().splitlines()[max(0, finding.line - 1) : finding.line + 2])


def test_two_courses_cite_one_work_by_one_id(content: Path) -> None:
    other = content / "courses" / "another"
    shutil.copytree(content / "courses" / SLUG, other)
    replace(other / "course.yaml", f"slug: {SLUG}", "slug: another")
    assert check_courses(content / "courses") == []
    for path in (content / "courses" / SLUG).rglob("*.*"):
        path.write_text(path.read_text().replace("apa_monitor_2004", "monitor"))
    [finding] = [each for each in check_courses(content / "courses") if "Another course" in each.problem]
    # The first folder in the alphabet has the name that the second one is asked to use.
    assert finding.path == str(other / "sources.yaml")
    assert finding.mend == "Write `id: monitor`, and use it wherever this course cites it."


def test_an_id_of_the_standards_is_asked_for_once(content: Path) -> None:
    other = content / "courses" / "another"
    shutil.copytree(content / "courses" / SLUG, other)
    replace(other / "course.yaml", f"slug: {SLUG}", "slug: another")
    replace(other / "sources.yaml", "id: asppb_1983_2005", "id: asppb_2005")
    names = [each.mend for each in check_courses(content / "courses") if "asppb" in each.mend]
    assert names == ["One thing has one name: write `id: asppb_1983_2005`, and use it wherever the course cites it."]


def test_a_number_that_the_standards_have_not_verified_can_not_be_read_in_a_course(content: Path) -> None:
    sources = content / "courses" / SLUG / "sources.yaml"
    replace(
        sources,
        "1.09(c), title: Sexual Relationships, verification: unverified",
        "1.09(c), title: Sexual Relationships, verification: read",
    )
    line = next(number for number, text in enumerate(sources.read_text().splitlines(), 1) if "number: 1.09(c)" in text)
    for path in (content / "courses", content / "courses" / SLUG):
        [finding] = [each for each in check_courses(path) if "standards/" in each.mend]
        assert (finding.path, finding.line) == (str(sources), line)
        assert finding.problem == "The verification of 1.09(c) of `nasw_2021` differs from standards/."
        assert finding.mend == "Write `verification: unverified`, or mend standards/ first."


def test_a_duty_that_leaves_the_standards_is_noticed_in_its_courses(content: Path) -> None:
    duties = content / "standards" / "duties.yaml"
    replace(duties, "  handle_gifts:", "  accept_gifts:")
    assert check_courses(content / "courses") == []
    replace(duties, "  use_decision_model_and_consult:", "  decide_with_a_model:")
    [finding] = check_courses(content / "courses")
    assert finding.problem == "There is no duty `use_decision_model_and_consult` in standards/duties.yaml."


def test_standards_that_can_not_be_read_are_said_and_the_rest_is_still_checked(content: Path) -> None:
    laws = content / "standards" / "laws.yaml"
    laws.write_text("laws: [\n")
    (content / "courses" / SLUG / "course.yaml").unlink()
    findings = check_courses(content / "courses")
    assert {finding.path for finding in findings} == {str(laws), str(content / "courses" / SLUG / "course.yaml")}


def test_without_standards_beside_it_a_course_is_checked_for_the_rest(content: Path) -> None:
    shutil.rmtree(content / "standards")
    replace(content / "courses" / SLUG / "sources.yaml", "year: 2014", "year: 2015")
    assert check_courses(content / "courses") == []


def test_a_course_may_claim_less_of_a_law_than_the_standards(content: Path) -> None:
    replace(
        content / "courses" / SLUG / "sources.yaml",
        "psychotherapist-sexual-abuse\n    verification: partly_read",
        "psychotherapist-sexual-abuse\n    verification: unverified",
    )
    assert check_courses(content / "courses") == []
