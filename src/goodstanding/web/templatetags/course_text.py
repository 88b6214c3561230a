"""Texts of a course as HTML, wherever they stand: reasons, comments, rationales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from goodstanding.core.courseware import render_markdown
from goodstanding.web.learner.cited import link_codes

if TYPE_CHECKING:
    from goodstanding.web.learner.player import Here

register = template.Library()


@register.filter
def course_text(text: str, here: Here) -> SafeString:
    """`text` in full: paragraphs, lists, and links to parts of the course the reader is in."""
    return mark_safe(render_markdown(text, links=_links(here)))  # noqa: S308 -- our own Markdown cleans what it makes


@register.filter
def course_line(text: str, here: Here) -> SafeString:
    """`text` to stand within a line: the same without the paragraph around it. What is more than one paragraph stays as it is."""
    html = render_markdown(text, links=_links(here)).strip()
    inside = html.removeprefix("<p>").removesuffix("</p>")
    one = html.startswith("<p>") and html.endswith("</p>") and "<p>" not in inside
    return mark_safe(inside if one else html)  # noqa: S308 -- our own Markdown cleans what it makes


@register.filter
def source_line(text: str, here: Here) -> SafeString:
    """Where a reasoning is written, within a line; each code leads to what the page says of it."""
    return course_line(link_codes(text, here.course), here)


def _links(here: Here) -> dict[str, str]:
    """Sections and scenarios have pages of their own; duties, words and works stand on the page that names them."""
    return {
        f"{step.kind}:{step.id}": reverse(f"learn-{step.kind}", args=[here.slug, step.id])
        for step in here.path.steps
        if step.kind in ("section", "scenario")
    }
