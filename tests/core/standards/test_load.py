"""The book of standards: what it finds, in which order, and when it is read again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from goodstanding.core.documents import DocumentError
from goodstanding.core.standards import check_standards, load_standards
from goodstanding.core.standards.files import FILES

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOUND, tmp_path / "standards"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_finds_a_place_by_its_id_and_by_its_number() -> None:
    book = load_standards(SOUND)
    code, place = book.standard("one_2020_1_02_a")
    assert (code.id, code.edition, place.number, place.title, place.verification) == (
        "one_2020",
        "2020",
        "1.02(a)",
        "Trust",
        "unverified",
    )
    assert book.find("one_2020", "1.02(a)") is place
    assert book.find("one_2020", "1.02(b)") is None
    assert book.find("one_1999", "1.02(a)") is None
    assert book.find("three_2019", "I") is None, "a section is not a standard, and its number may head several"
    with pytest.raises(KeyError):
        book.standard("one_2020_9_99")


@pytest.mark.parametrize(
    ("profession", "codes"),
    [
        ("psychologist", ["one_2020", "two_2021", "three_2019"]),
        ("counselor", ["two_2021", "three_2019", "one_2020"]),
        ("mft", ["one_2020", "two_2021", "three_2019"]),
        (None, ["one_2020", "two_2021", "three_2019"]),
    ],
)
def test_shows_the_codes_of_the_readers_profession_first(profession, codes) -> None:
    book = load_standards(SOUND)
    assert [code.id for code in book.codes_for(profession)] == codes
    view = book.duty_for(profession, "keep_trust")
    assert [each.code.id for each in view.codes] == codes
    own = [each.code.id for each in view.codes if each.own]
    assert own == {"psychologist": ["one_2020"], "counselor": ["two_2021", "three_2019"]}.get(profession, [])


def test_places_of_one_code_keep_the_order_of_the_duty() -> None:
    first = load_standards(SOUND).duty_for("psychologist", "keep_trust").codes[0]
    assert list(first.places) == ["one_2020_1_02_a", "one_2020_1_01"]


def test_a_code_that_says_nothing_on_a_duty_is_left_out() -> None:
    assert [each.code.id for each in load_standards(SOUND).duty_for("counselor", "be_fair").codes] == ["two_2021", "one_2020"]


def test_lists_the_duties_on_a_subject() -> None:
    book = load_standards(SOUND)
    assert [view.id for view in book.duties_for("counselor", "care")] == ["take_care", "be_fair"]
    assert book.duties_for("counselor", "trust") == (book.duty_for("counselor", "keep_trust"),)
    with pytest.raises(KeyError, match="hope"):
        book.duties_for("counselor", "hope")
    with pytest.raises(KeyError, match="keep_faith"):
        book.duty_for("counselor", "keep_faith")


def test_finds_what_else_bears_on_a_duty() -> None:
    book = load_standards(SOUND)
    assert list(book.cases_on("keep_trust")) == ["one_v_two_1990"]
    assert list(book.laws_on("take_care")) == ["a_law", "a_draft"]
    assert book.laws_on("keep_trust") == {}
    assert {name: rule.minimum_years for name, rule in book.former_client_rules().items()} == {"one_2020": 2}


def test_is_read_once_until_a_file_changes(folder: Path) -> None:
    book = load_standards(folder)
    assert load_standards(folder) is book
    replace(folder / "glossary.yaml", "What is kept.", "What is kept safe.")
    changed = load_standards(folder)
    assert changed.glossary["trust"].meaning == "What is kept safe."
    assert changed.version != book.version


def test_version_follows_the_content_alone(folder: Path) -> None:
    before = load_standards(folder).version
    assert before == load_standards(SOUND).version
    os.utime(folder / "cases.yaml", (1, 1))
    assert load_standards(folder).version == before


@pytest.mark.parametrize("name", FILES)
def test_a_part_that_is_missing_is_said_and_hides_nothing_else(folder: Path, name: str) -> None:
    (folder / name).unlink()
    [finding] = check_standards(folder)
    assert str(finding) == f"{folder / name}:1: The file {name} is missing. Add it, or correct its name."
    with pytest.raises(DocumentError, match="is missing"):
        load_standards(folder)


@pytest.mark.parametrize("name", ["case.yaml", "glossary.yml", "codes/more/one_2021.yaml", "codes/one_2021.yml"])
def test_a_file_that_nothing_reads_is_a_fault(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("cases: {}\n")
    [finding] = check_standards(folder)
    assert finding.path == str(folder / name)
    assert finding.problem == "Nothing reads this file."


def test_a_folder_without_codes_says_so_once(folder: Path) -> None:
    shutil.rmtree(folder / "codes")
    findings = [str(finding) for finding in check_standards(folder)]
    assert findings == [f"{folder / 'codes'}:1: There is no code in this folder. Add one file per code."]


def test_a_code_that_can_not_be_read_hides_no_other_fault_and_makes_none_up(folder: Path) -> None:
    (folder / "codes" / "one_2020.yaml").write_text("id: one_2020\nid: one_2020\n")
    replace(folder / "cases.yaml", "[keep_trust]", "[keep_faith]")
    first, second = check_standards(folder)
    assert "`keep_faith`" in first.problem
    assert second.path == str(folder / "codes" / "one_2020.yaml")


def test_faults_between_files_stop_the_load_too(folder: Path) -> None:
    replace(folder / "duties.yaml", "three_2019_i_respect", "three_2019_ii_respect")
    with pytest.raises(DocumentError, match="There is no standard `three_2019_ii_respect`") as caught:
        load_standards(folder)
    assert any("No duty names `three_2019_i_respect`" in finding.problem for finding in caught.value.findings)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    [finding] = check_standards(tmp_path / "none")
    assert finding.problem == "There is no such folder."
