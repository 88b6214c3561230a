"""The standards that the product ships: sound, honest about what was read, and what the courses cite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from goodstanding.core.courseware.load import read_course_folder
from goodstanding.core.standards import check_standards, load_standards, reference_faults

ROOT = Path(__file__).parents[2]
STANDARDS = ROOT / "standards"
BOOK = load_standards(STANDARDS)
FILES = sorted(STANDARDS.rglob("*.yaml"))
LEADING = {"psychologist": "apa_2017", "counselor": "aca_2014", "social_worker": "nasw_2021", "mft": "aamft_2015"}


def test_nothing_is_wrong() -> None:
    assert [str(finding) for finding in check_standards(STANDARDS)] == []


@pytest.mark.parametrize(("profession", "code"), LEADING.items())
@pytest.mark.parametrize("duty", BOOK.duties)
def test_every_profession_reads_its_own_code_first(profession, code: str, duty: str) -> None:
    first = BOOK.duty_for(profession, duty).codes[0]
    assert (first.code.id, first.own) == (code, True)
    assert all(place.precision == "standard" for place in first.places.values())


@pytest.mark.parametrize("subject", BOOK.subjects)
def test_no_duty_is_lost_between_the_subjects(subject: str) -> None:
    assert len(BOOK.duties_for("mft", subject)) == sum(duty.subject == subject for duty in BOOK.duties.values())


def test_what_was_judged_from_headings_is_not_shown_as_read() -> None:
    sections = [place for code in BOOK.codes.values() for place in code.standards.values() if place.precision == "section"]
    assert sections
    assert {place.verification for place in sections} == {"unverified"}


def test_tables_by_state_are_unverified_and_name_a_source() -> None:
    for table in BOOK.state_tables.values():
        assert table.verification == "unverified"
        assert table.sources
        assert table.as_of


@pytest.mark.parametrize("number", ["1.09(b)", "1.09(c)", "1.09(d)", "1.07(u)", "1.07(w)", "3.09"])
def test_letters_that_no_page_showed_stay_unverified(number: str) -> None:
    place = BOOK.find("nasw_2021", number)
    assert place is not None
    assert place.verification == "unverified"


def test_codes_differ_on_former_clients_as_they_do() -> None:
    rules = {name: (rule.minimum_years, rule.always_prohibited) for name, rule in BOOK.former_client_rules().items()}
    assert rules == {
        "apa_2017": (2, False),
        "aca_2014": (5, False),
        "nasw_2021": (None, True),
        "aamft_2015": (None, True),
        "amhca_2020": (None, False),
        "california_guidance": (2, False),
    }


@pytest.mark.parametrize("duty", BOOK.duties.values(), ids=BOOK.duties)
def test_paraphrases_are_short_sentences(duty) -> None:
    assert duty.paraphrase.endswith(".")
    assert len(duty.paraphrase.split()) <= 45


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_spelling_is_american_and_uncertainty_is_a_key(path: Path) -> None:
    text = re.sub(r"https?://\S+", "", path.read_text())
    assert re.findall(r"\w*(?:licence|practis|judgement|organis|recognis|programme)\w*", text, flags=re.IGNORECASE) == []
    if path.name not in {"laws_by_state.yaml", "amhca_2020.yaml"}:
        # Elsewhere an entry says it in its key `verification`; in a table, one state of many can only say it in words.
        assert "(unverified)" not in text


@pytest.mark.parametrize("folder", sorted((ROOT / "courses").iterdir()), ids=lambda folder: folder.name)
def test_courses_cite_what_is_written_here(folder: Path) -> None:
    course = read_course_folder(folder)
    faults = reference_faults(BOOK, references=course.course.references, duties=course.course.duties, document=course.sources)
    assert [str(fault) for fault in faults] == []
