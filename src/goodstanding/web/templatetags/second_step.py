"""What the page of the second step shows beside what the library tells it."""

from __future__ import annotations

from django import template
from django.template import Context

from goodstanding.accounts.recovery_codes import codes_left

register = template.Library()


@register.simple_tag(takes_context=True)
def recovery_codes_left(context: Context) -> int:
    """How many unused recovery codes whoever is signed in has."""
    return codes_left(user=context["request"].user)
