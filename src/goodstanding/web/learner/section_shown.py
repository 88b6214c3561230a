"""
What the page of a section shows to everyone who reads it: its text, and the duties, words and works that the text names.

Rendering Markdown and finding what it names takes longer than all the rest of the page. A version of a course never
changes, so both are done once for each of its sections.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from goodstanding.core.courseware import render_markdown
from goodstanding.kept import Kept
from goodstanding.web.learner.cited import Cited, cited_in
from goodstanding.web.learner.player import Here
from goodstanding.web.learner.text_places import number_places

__all__ = ["SectionShown", "links_in", "section_shown"]


@dataclass(frozen=True)
class SectionShown:
    """A section, ready to stand on a page."""

    text: SafeString
    duties: SafeString
    works: SafeString
    objectives: tuple[str, ...]


_kept: Kept[tuple[str, str, str], SectionShown] = Kept(most=200)


def section_shown(here: Here, section_id: str) -> SectionShown:
    """The section of the version that the learner takes."""
    return _kept.get((here.slug, here.enrollment.version.content_hash, section_id), lambda: _show(here, section_id))


def links_in(here: Here) -> dict[str, str]:
    """Addresses for the other parts of the course and its pictures; duties, terms and references stand on the page itself."""
    steps = {
        f"{step.kind}:{step.id}": reverse(f"learn-{step.kind}", args=[here.slug, step.id])
        for step in here.path.steps
        if step.kind in ("section", "scenario")
    }
    return steps | {f"image:{image.id}": reverse("learn-image", args=[here.slug, image.id]) for image in here.course.images}


def _show(here: Here, section_id: str) -> SectionShown:
    section = here.course.section(section_id)
    cited: Cited = cited_in(here, [section.text], duties=section.duties)
    return SectionShown(
        # Rendered by our own Markdown, which cleans what it makes.
        text=mark_safe(number_places(render_markdown(section.text, links=links_in(here)))),  # noqa: S308
        duties=render_to_string("learner/learn_duties.html", {"duties": cited.duties}),
        works=render_to_string("learner/learn_works.html", {"cited": cited}),
        objectives=tuple(here.course.objective(each).text for each in section.objectives),
    )
