"""What stands on every page of the player, the same for many readers."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from goodstanding.web.learner.player import Here
from goodstanding.web.parts import Part

register = template.Library()

_tools = Part("learner/learn_tools.html", most=500)


@register.simple_tag(takes_context=True)
def tools(context: Context) -> SafeString:
    """How the text looks, and what the keys do; both lead back to this page."""
    request = context["request"]
    here: Here = context["here"]
    shown = {"slug": here.slug, "path": request.path, "reading": here.reading, "notes": "note_box" in context}
    return _tools.render(request, key=tuple(shown.values()), context=lambda: shown)
