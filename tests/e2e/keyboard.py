"""A person who has no mouse: Tab, Enter, Space, arrows, and a look at where the focus is after every step."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

WATCH_POINTERS = """for (const kind of ["pointerdown", "mousedown", "touchstart"]) {
  addEventListener(kind, () => { sessionStorage.setItem("pointed", kind); }, true);
}"""

# What has the focus, and what is wrong with it: whoever looks at the page must see where she is, and be able to act there.
FOCUS = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const words = (text) => (text ?? "").replace(/\\s+/g, " ").trim();
  const label = here.labels?.length ? words(here.labels[0].textContent) : "";
  const found = {
    name: words(here.getAttribute("aria-label")) || label || words(here.textContent),
    tag: here.tagName.toLowerCase(), type: here.getAttribute("type") ?? "", value: here.value ?? "",
    field: here.getAttribute("name") ?? "", checked: Boolean(here.checked), css: here.className,
    place: [...document.querySelectorAll("*")].indexOf(here), problem: "",
  };
  const ring = [here, here.closest("label")].filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  }) || (here instanceof SVGElement && [...here.querySelectorAll("rect,path,circle")].some(
    (each) => getComputedStyle(each).stroke !== "none" && parseFloat(getComputedStyle(each).strokeWidth) >= 3));
  const box = here.getClientRects()[0];
  if (!here.matches("a[href],button,input,select,textarea,summary,[tabindex='0']")) found.problem = "nothing can be done there";
  else if (!ring) found.problem = "no ring shows it";
  else if (!box || !box.width || !box.height) found.problem = "it takes no room";
  else {
    const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
    const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
    if (left >= right || top >= bottom) found.problem = "it is out of sight";
    else {
      const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      const same = on && (here.contains(on) || on.contains(here) || on.closest("label")?.contains(here));
      if (!same) found.problem = "something lies over it";
    }
  }
  return found;
}"""

# Every place that Tab must come to: of a group of radio buttons the checked one, else any; of a closed disclosure nothing inside.
PLACES = """() => {
  const all = [...document.querySelectorAll("*")];
  return all.filter((each) => each.matches("a[href],button,input,select,textarea,summary,[tabindex='0']")
    && !each.matches(":disabled,[tabindex='-1'],[type=hidden]") && !each.closest("[inert]")
    && each.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
    && !(each.tagName === "SUMMARY" && each.parentElement.tagName !== "DETAILS"))
    .map((each) => [all.indexOf(each), each.type === "radio" ? each.name : "", (each.textContent || each.name || each.tagName).trim().slice(0, 60)]);
}"""

# Also where the address names a place in the page: Tab goes on from there, whatever has the focus.
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}"""

MOST = 250
"""No journey needs so many; whoever has pressed Tab so often is going round in circles."""


@dataclass(frozen=True)
class Place:
    """What has the focus."""

    name: str
    tag: str
    type: str
    value: str
    field: str
    checked: bool
    css: str
    place: int
    problem: str


class Keyboard:
    """Everything that a journey does on one page goes through the keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.context.add_init_script(WATCH_POINTERS)

    def press(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def here(self) -> Place | None:
        """What has the focus, which must be seen and be good for something; None at the edge of the page."""
        found: dict[str, Any] | None = self.page.evaluate(FOCUS)
        if found is None:
            return None
        place = Place(**found)
        assert not place.problem, f"{place.problem}: {place.tag} “{place.name[:60]}” on {self.page.url}"
        return place

    def tab(self, *, back: bool = False) -> Place | None:
        """One step on, or back."""
        self.press("Shift+Tab" if back else "Tab")
        return self.here()

    def to(self, wanted: str | re.Pattern[str] | Callable[[Place], bool], *, tag: str = "", back: bool = False) -> Place:
        """Tab to the first control with this name (all of it, or a pattern), or for which something holds. No step may stay in place."""
        before: Place | None = None
        for _ in range(MOST):
            now = self.tab(back=back)
            assert now is None or before is None or now.place != before.place, (
                f"the focus is caught at “{now.name}” on {self.page.url}"
            )
            if now is not None and (not tag or now.tag == tag) and _is(now, wanted):
                return now
            before = now
        raise AssertionError(f"no Tab leads to {wanted} on {self.page.url}")

    def into_text(self) -> None:
        """Past the header by the link that is there for it; what a form led to opens in the text at once, if the form was there."""
        if self.page.url.endswith("#main"):
            return
        first = self.tab()
        assert first is not None
        assert first.name == "Skip to content", first
        self.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "main"

    def follow(self, keys: str = "Enter") -> None:
        """Press a key that leads to another page, and wait until that page is there."""
        with self.page.expect_event("domcontentloaded"):  # a jump within the page is none
            self.press(keys)

    def go(self, wanted: str | re.Pattern[str], *, tag: str = "") -> None:
        """Into the text, to a control, and on."""
        self.into_text()
        self.to(wanted, tag=tag)
        self.follow()

    def goes_round(self) -> int:
        """From the top through every place of the page to its end, once; how many there were. Nothing that can be used is left out."""
        self.page.evaluate(FROM_THE_TOP)
        places: list[tuple[int, str, str]] = [tuple(place) for place in self.page.evaluate(PLACES)]
        seen: list[int] = []
        for _ in range(4 * len(places) + 1):
            now = self.tab()
            if now is None:
                reached = set(seen)
                groups = {group for place, group, _ in places if group and place in reached}
                missed = [name for place, group, name in places if place not in reached and group not in groups]
                assert not missed, f"no Tab leads to {missed[:5]} on {self.page.url}"
                return len(seen)
            if now.type == "date" and seen and seen[-1] == now.place:
                continue  # month, day, year and calendar are places within one field
            assert now.place not in seen, f"the focus is caught at “{now.name}” on {self.page.url}"
            seen.append(now.place)
        raise AssertionError(f"{self.page.url} does not end")

    def used_no_pointer(self) -> bool:
        return self.page.evaluate("sessionStorage.getItem('pointed')") is None


def _is(place: Place, wanted: str | re.Pattern[str] | Callable[[Place], bool]) -> bool:
    if isinstance(wanted, str):
        return place.name == wanted
    if isinstance(wanted, re.Pattern):
        return bool(wanted.search(place.name))
    return wanted(place)
