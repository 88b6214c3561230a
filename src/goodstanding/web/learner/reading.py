"""
How a reader wants the text to look, and whether single keys do anything.

Kept in a cookie, so it works without a script and before anything is drawn, asks no query, and may differ
between a phone and a desk. It holds four letters and nothing about the person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from goodstanding.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Choice", "Reading", "Scale", "reading_of", "urlpatterns"]

_SCALES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "size": ("Size", {"s": "Small", "m": "Medium", "l": "Large", "x": "Larger", "h": "Largest"}),
    "spacing": ("Spacing", {"n": "Normal", "w": "Wide", "e": "Widest"}),
    "width": ("Length of lines", {"s": "Short", "m": "Medium", "l": "Long"}),
    "keys": ("Keys", {"y": "On", "n": "Off"}),
}
_PATH = "/learn/"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Choice:
    """One step of a scale: what the button sends, what it says, and whether it is the one in force."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Scale:
    """One thing that can be set."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Reading:
    """What was chosen, each a letter of its scale."""

    size: str = "m"
    spacing: str = "n"
    width: str = "m"
    keys: str = "y"

    @property
    def css_classes(self) -> str:
        return f"size-{self.size} spacing-{self.spacing} width-{self.width} keys-{self.keys}"

    @property
    def rows(self) -> SafeString:
        """The buttons of everything that can be set; the keys have their own place. Readers who chose alike share them."""
        return _rows.get((self, "text"), lambda: _render(self.scales))

    @property
    def keys_row(self) -> SafeString:
        return _rows.get((self, "keys"), lambda: _render((self.keys_scale,)))

    @property
    def scales(self) -> tuple[Scale, ...]:
        """Everything that can be set, as buttons; the keys have their own place."""
        return tuple(self._scale(name) for name in ("size", "spacing", "width"))

    @property
    def keys_scale(self) -> Scale:
        return self._scale("keys")

    def _scale(self, name: str) -> Scale:
        label, steps = _SCALES[name]
        now = getattr(self, name)
        return Scale(name, label, tuple(Choice(f"{name}-{step}", word, step == now) for step, word in steps.items()))


_rows: Kept[tuple[Reading, str], SafeString] = Kept(most=200)


def _cookie() -> str:
    return f"{settings.COOKIE_PREFIX}reading"


def _render(scales: tuple[Scale, ...]) -> SafeString:
    return format_html_join("", "{}", ((render_to_string("learner/learn_scale.html", {"scale": scale}),) for scale in scales))


def reading_of(request: HttpRequest) -> Reading:
    """The reader's choices; what is not understood, which anyone can write into a cookie, is as if never chosen."""
    letters = request.COOKIES.get(_cookie(), "")
    known = len(letters) == len(_SCALES) and all(
        letter in steps for letter, (_, steps) in zip(letters, _SCALES.values(), strict=True)
    )
    return Reading(*letters) if known else Reading()


@login_required
@require_POST
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Set one thing and go back to the page. A signed-in page's button; the script presses it without leaving."""
    name, _, step = request.POST.get("reading", "").partition("-")
    if name not in _SCALES or step not in _SCALES[name][1]:
        raise Http404
    reading = replace(reading_of(request), **{name: step})
    back = request.POST.get("back", "")
    safe = back.startswith(_PATH) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = redirect(back if safe else reverse("learn", args=[slug]))
    response.set_cookie(
        _cookie(),
        "".join(getattr(reading, each) for each in _SCALES),
        max_age=_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


urlpatterns: list[URLPattern] = [path("learn/<slug:slug>/reading/", choose, name="learn-reading")]
