"""
Parts of pages that are rendered once for as long as nothing changes that they are made of.

A part is kept under a key that names everything that its template shows. What differs each time and belongs to no key, such as the
CSRF token of a form, never stands in what is kept: its place does, which is filled for every answer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from goodstanding.kept import Kept

__all__ = ["Part"]

_MARK = f"place-{secrets.token_hex(16)}-"
"""Begins every place. Made anew by each process and never sent, so nothing that anyone writes can pass for a place."""
_PLACES = re.compile(rf"{_MARK}([a-z_]+)\.")
_TOKEN = "csrf_token"  # noqa: S105 - the name by which templates call it


class Part:
    """
    What one template shows, at most `most` times kept.

    `places` are names in the template that each answer fills with a value of its own. The template is rendered without the request:
    it shows nothing of it, and nobody who is signed in, that is not in its context and so in its key.
    """

    def __init__(self, template: str, *, most: int, places: tuple[str, ...] = ()) -> None:
        self._template = template
        self._places = {name: f"{_MARK}{name}." for name in (_TOKEN, *places)}
        self._kept: Kept[Hashable, str] = Kept(most)

    def render(
        self, request: HttpRequest, *, key: Hashable, context: Callable[[], Mapping[str, object]], **values: object
    ) -> SafeString:
        """The part for `key`; only if none is kept its `context` is asked for, which holds nothing that the key does not name."""
        # Templates show moments in the zone of the reader.
        html = self._kept.get(
            (key, timezone.get_current_timezone_name()), lambda: render_to_string(self._template, {**context(), **self._places})
        )

        def value(place: re.Match[str]) -> str:
            return escape(_token_for(request) if place[1] == _TOKEN else values[place[1]])

        return mark_safe(_PLACES.sub(value, html))  # noqa: S308 - rendered by a template, and filled with escaped values


def _token_for(request: HttpRequest) -> str:
    """One token for all forms of an answer, as without parts: to mask it takes longer than to fill it in."""
    token: str | None = getattr(request, "token_of_parts", None)
    if token is None:
        token = request.token_of_parts = get_token(request)  # type: ignore[attr-defined] # of this module alone
    return token
