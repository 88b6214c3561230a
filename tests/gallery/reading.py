"""
What a screen reader is handed: the accessibility tree that Chromium computes, as lines in reading order.

A stand-in, no more: it shows names, roles, states and order, not how a screen reader says them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

STATES = ("expanded", "checked", "selected", "disabled", "required", "invalid", "readonly", "pressed", "live", "level", "modal")
NAMED = {
    "button", "link", "textbox", "checkbox", "radio", "combobox", "img", "image", "navigation", "searchbox", "spinbutton", "Date", "dialog", "progressbar",
    "heading", "DisclosureTriangle", "listbox", "option", "group", "radiogroup", "form", "region", "table",
}  # fmt: skip
MUST_BE_NAMED = {"button", "link", "textbox", "checkbox", "radio", "combobox", "img", "image", "searchbox", "spinbutton", "Date", "dialog", "heading", "DisclosureTriangle", "radiogroup"}  # fmt: skip
SILENT = {"generic", "none", "InlineTextBox", "LineBreak", "LayoutTable", "LayoutTableRow", "LayoutTableCell", "ListMarker"}
VAGUE = re.compile(r"^(here|click here|more|read more|details|link|edit|open|show|remove)$", re.IGNORECASE)


def read_aloud(page: Page) -> tuple[str, list[str]]:
    """The lines, and what is wrong with them: without name, headings that jump, landmarks that can not be told apart."""
    session = page.context.new_cdp_session(page)
    try:
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        session.detach()
    lines: list[str] = []
    by_id = {node["nodeId"]: node for node in nodes}
    said = list(_walk(nodes[0], by_id, 0))
    lines = ["  " * depth + text for depth, _, _, _, text in said]
    return "\n".join(lines) + "\n", list(_problems(said))


def _walk(node: dict[str, Any], by_id: dict[str, Any], depth: int) -> Iterator[tuple[int, str, str, dict[str, Any], str]]:
    role = node.get("role", {}).get("value", "")
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    states = {one["name"]: one["value"].get("value") for one in node.get("properties", []) if one["name"] in STATES}
    heard = not node.get("ignored") and role not in SILENT and not (role == "StaticText" and not name)
    if heard:
        told = ", ".join(
            key if value is True else f"{key} {value}"
            for key, value in states.items()
            if value not in (False, "false", "off", "")
        )
        description = " ".join(str(node.get("description", {}).get("value", "")).split())
        text = (
            role + (f" “{name}”" if name else "") + (f" ({told})" if told else "") + (f" — {description}" if description else "")
        )
        yield depth, role, name, states, text if role != "StaticText" else name
    if heard and role == "StaticText":
        return
    for child in node.get("childIds", []):
        if child in by_id:
            yield from _walk(by_id[child], by_id, depth + heard)


def _problems(said: list[tuple[int, str, str, dict[str, Any], str]]) -> Iterator[str]:
    roles = [role for _, role, _, _, _ in said]
    if roles.count("main") != 1 or max(roles.count("banner"), roles.count("contentinfo")) > 1:
        yield "not one main part, or more than one header or footer of the page"
    level = 0
    for _, role, name, states, _ in said:
        if role in MUST_BE_NAMED and not name:
            yield f"a {role} without a name"
        if role in {"link", "button"} and VAGUE.match(name):
            yield f"the {role} “{name}” does not say of what"
        if role == "heading":
            now = int(states.get("level", 0))
            if now > level + 1:
                yield f"heading “{name[:50]}” jumps from level {level} to {now}"
            level = now
    if sum(role == "heading" and states.get("level") == 1 for _, role, _, states, _ in said) != 1:
        yield "not exactly one heading of level 1"
    navigations = [name for _, role, name, _, _ in said if role in {"navigation", "complementary"}]
    if len(navigations) != len(set(navigations)):
        yield f"landmarks with the same name: {sorted(navigations)}"
