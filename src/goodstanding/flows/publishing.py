"""Publishing the content that the product ships: every course folder becomes a version, or a finding."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from goodstanding.catalog.services import publish_course
from goodstanding.core.courseware import course_folders, load_course
from goodstanding.core.documents import DocumentError, Finding

__all__ = ["Published", "PublishingReport", "publish_content"]


@dataclass(frozen=True)
class Published:
    """A course that is in the catalog now, and the number of its current version."""

    slug: str
    number: int


@dataclass(frozen=True)
class PublishingReport:
    """What was published, and what was found wrong in the folders that were not."""

    published: tuple[Published, ...]
    findings: tuple[Finding, ...]


def publish_content(*, root: Path, at: dt.datetime) -> PublishingReport:
    """
    Publish every course below ``root/courses``.

    A broken course is reported by its findings and does not keep the others from being published; its last good version,
    if there is one, stays on offer. Content that is already published changes nothing, so this may run at every start.
    """
    folder = root / "courses"
    if not folder.is_dir():
        missing = Finding(str(folder), 1, "There is no folder of courses.", "Check the content folder of the installation.")
        return PublishingReport((), (missing,))
    published: list[Published] = []
    findings: list[Finding] = []
    for path in course_folders(folder):
        try:
            course = load_course(path)
        except DocumentError as error:
            findings.extend(error.findings)
            continue
        version = publish_course(course=course, at=at)
        published.append(Published(course.slug, version.number))
    return PublishingReport(tuple(published), tuple(findings))
