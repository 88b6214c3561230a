"""Numbers the parts of a section's text, so that a place in it has an address: ``#at-12`` on every device."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser

__all__ = ["number_places", "place_fragment"]

_VOID = frozenset({"br", "hr", "img"})


def place_fragment(place: int) -> str:
    """What stands after the address to come to a place; nothing for the top."""
    return f"#at-{place}" if place > 0 else ""


@lru_cache(maxsize=256)
def number_places(html: str) -> str:
    """
    `html`, as our Markdown makes it, with ``id="at-N"`` on each paragraph, heading, list and table, counted from 1.

    A heading keeps the id of its own and gets the place inside. The text itself stays as it is.
    """
    numbering = _Numbering()
    numbering.feed(html)
    numbering.close()
    return "".join(numbering.parts)


class _Numbering(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._count = 0
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text = self.get_starttag_text() or ""
        # The top, and the parts of a case, duty or other block; deeper elements belong to the place they stand in.
        if tag not in _VOID and tag != "section" and all(each == "section" for each in self._inside):
            self._count += 1
            if any(name == "id" for name, _ in attrs):
                text += f'<span class="at" id="at-{self._count}"></span>'
            else:
                text = f'<{tag} id="at-{self._count}"{text[len(tag) + 1 :]}'
        self.parts.append(text)
        if tag not in _VOID:
            self._inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")
