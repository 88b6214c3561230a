"""Publishing a folder of courses: the good ones in, the broken ones named."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from goodstanding.catalog.models import CourseVersion
from goodstanding.catalog.selectors import get_course
from goodstanding.flows.publishing import Published, publish_content
from tests.learning.making import AT

pytestmark = pytest.mark.django_db

REPOSITORY = Path(__file__).parents[2]
COFFEE = "a-former-client-asks-for-coffee"


@pytest.fixture
def root(tmp_path):
    """A content folder with one good course."""
    shutil.copytree(REPOSITORY / "courses" / COFFEE, tmp_path / "courses" / COFFEE)
    return tmp_path


def test_every_course_of_the_repository_is_published():
    report = publish_content(root=REPOSITORY, at=AT)
    assert report.findings == ()
    assert COFFEE in {published.slug for published in report.published}


def test_publishing_twice_changes_nothing(root):
    first = publish_content(root=root, at=AT)
    assert publish_content(root=root, at=AT) == first
    assert first.published == (Published(COFFEE, 1),)
    assert CourseVersion.objects.count() == 1


def test_a_broken_course_is_named_and_does_not_stop_the_others(root):
    broken = root / "courses" / "a-broken-one"
    shutil.copytree(root / "courses" / COFFEE, broken)
    (broken / "post_test.yaml").unlink()
    report = publish_content(root=root, at=AT)
    assert report.published == (Published(COFFEE, 1),)
    assert any("a-broken-one" in finding.path and "post_test.yaml" in finding.problem for finding in report.findings)


def test_a_course_that_would_certify_nothing_is_named_and_not_published(root):
    about, post_test = (root / "courses" / COFFEE / name for name in ("course.yaml", "post_test.yaml"))
    about.write_text(re.sub(r"(difficulty:\s+value: )[\d.]+", r"\g<1>1", about.read_text()), encoding="utf-8")
    post_test.write_text(re.sub(r"form_size: \d+", "form_size: 1", post_test.read_text()), encoding="utf-8")
    for section in (root / "courses" / COFFEE).glob("*.md"):
        section.write_text(section.read_text().rpartition("\n---\n")[0] + "\n---\n\nOne sentence.\n", encoding="utf-8")
    report = publish_content(root=root, at=AT)
    assert report.published == ()
    assert ["nothing to certify" in finding.problem for finding in report.findings] == [True]


def test_a_course_that_breaks_later_keeps_its_last_good_version(root):
    publish_content(root=root, at=AT)
    (root / "courses" / COFFEE / "course.yaml").write_text("title: [", encoding="utf-8")
    report = publish_content(root=root, at=AT)
    assert report.published == ()
    assert report.findings
    assert get_course(COFFEE).version.number == 1


def test_a_missing_folder_is_a_finding(tmp_path):
    report = publish_content(root=tmp_path, at=AT)
    assert report.published == ()
    assert "no folder of courses" in report.findings[0].problem
