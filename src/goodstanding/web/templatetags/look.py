"""
Template tags and filters of the look: shapes, figures, dates, and the parts that need arithmetic.

The content policy forbids inline styles, so every length here becomes a geometry attribute of an SVG element.
Color is never the only carrier: each outcome has its own shape and its own word.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.forms import BaseForm, FileField, PasswordInput
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

ICONS: Mapping[str, str] = {
    # the four outcomes: disc with a check, triangle, diamond with a question mark, disc with a bar
    "met": '<circle class="f" cx="8" cy="8" r="7.2"/><path class="k" d="m4.8 8.3 2.2 2.2 4.3-4.6"/>',
    "unmet": '<path class="f" d="M8 .9 15.6 14.6H.4z"/><path class="k" d="M8 6v3.8"/><circle class="kf" cx="8" cy="12.3" r="1"/>',
    # drawn open, not filled: small and filled it would look like the sign for a missing letter
    "unknown": (
        '<path class="o" d="M8 .8 15.2 8 8 15.2.8 8z"/><path d="M6 6.4c.1-1.2.9-1.8 2-1.8s2 .7 2 1.7c0 1.4-2 1.5-2 2.8"/>'
        '<circle class="f" cx="8" cy="11.6" r="1"/>'
    ),
    "not_applicable": '<circle cx="8" cy="8" r="6.4"/><path d="M5 8h6"/>',
    # progress
    "done": '<circle class="f" cx="8" cy="8" r="7.2"/><path class="k" d="m4.8 8.3 2.2 2.2 4.3-4.6"/>',
    "current": '<circle cx="8" cy="8" r="6.4"/><circle class="f" cx="8" cy="8" r="3.4"/>',
    "todo": '<circle cx="8" cy="8" r="6.4"/>',
    "locked": '<path d="M3.5 7h9v7h-9zM5.5 7V4.6a2.5 2.5 0 0 1 5 0V7"/>',
    # messages
    "info": '<circle cx="8" cy="8" r="6.6"/><path d="M8 7.4v4M8 4.7v.1"/>',
    "warn": '<path d="M8 1.6 15 14.2H1z"/><path d="M8 6.4v3.6M8 12v.1"/>',
    # things and actions
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "down": '<path d="m3.5 6 4.5 4.5L12.5 6"/>',
    "next": '<path d="m6 3.5 4.5 4.5L6 12.5"/>',
    "back": '<path d="M10 3.5 5.5 8l4.5 4.5"/>',
    "arrow": '<path d="M2.5 8h11M9 3.5 13.5 8 9 12.5"/>',
    "external": '<path d="M6.5 3H3v10h10V9.5M9 2.5h4.5V7M13 3 7.5 8.5"/>',
    "download": '<path d="M8 2v8.5M4.5 7.5 8 11l3.5-3.5M2.5 14h11"/>',
    "print": '<path d="M4.5 6V2h7v4M4.5 12h-2V6h11v6h-2M4.5 9.5h7V14h-7z"/>',
    "file": '<path d="M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.3h3.3"/>',
    "clock": '<circle cx="8" cy="8" r="6.4"/><path d="M8 4.4V8l2.4 1.6"/>',
    "calendar": '<path d="M2.5 3.5h11v10h-11zM2.5 6.8h11M5.5 2v2.5M10.5 2v2.5"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "close": '<path d="m3.5 3.5 9 9M12.5 3.5l-9 9"/>',
    "search": '<circle cx="7" cy="7" r="4.6"/><path d="m10.5 10.5 3.3 3.3"/>',
    "person": '<circle cx="8" cy="5.2" r="2.9"/><path d="M2.6 14c.5-3 2.6-4.4 5.4-4.4s4.9 1.4 5.4 4.4"/>',
}

_OUTCOME_WORDS: Mapping[str, str] = {
    "met": "Met",
    "unmet": "Not met",
    "unknown": "Not known",
    "not_applicable": "Does not apply",
}

_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_QUARTERS: Mapping[Decimal, str] = {Decimal("0.25"): "a quarter", Decimal("0.5"): "a half", Decimal("0.75"): "three quarters"}

_FULL = Decimal(100)
_ALMOST = Decimal(95)
_AROUND = Decimal("326.73")
"""The way around a ring of radius 52."""


def _outcome(value: object) -> str:
    """The outcome's name, given its name or a member of any enumeration whose value is that name."""
    name = str(getattr(value, "value", value) or "")
    if name not in _OUTCOME_WORDS:
        raise template.TemplateSyntaxError(f"'{name}' is not an outcome; use one of {', '.join(_OUTCOME_WORDS)}")
    return name


def _number(value: object) -> Decimal | None:
    """The figure as a Decimal; None where there is none, so that absence is never shown as zero."""
    if value is None or value == "":
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _share(value: Decimal, total: Decimal) -> Decimal:
    """How full, from 0 to 100 with one decimal. Anything short of the total stays visibly short of full."""
    if total <= 0 or value >= total:
        return _FULL
    return min(max(value, Decimal(0)) * 100 / total, Decimal(99)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _figure(value: Decimal) -> str:
    """A figure without needless zeros: 19, 4.5, 1.25."""
    return f"{value.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"


@register.simple_tag
def shape(name: str) -> SafeString:
    """The bare paths of one of our shapes, on 16 by 16, to stand inside an SVG."""
    try:
        return mark_safe(ICONS[name])  # noqa: S308 -- constants of this module
    except KeyError:
        raise template.TemplateSyntaxError(f"there is no icon '{name}'; there are {', '.join(ICONS)}") from None


@register.simple_tag
@functools.lru_cache(maxsize=500)
def icon(name: str, label: str = "") -> SafeString:
    """One of our shapes, sized to the text. Decorative unless a label is given."""
    if label:
        return format_html('<svg class="i" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, shape(name))
    return format_html('<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{}</svg>', shape(name))


@register.simple_tag
def outcome_tag(outcome: object, text: str = "") -> SafeString:
    """Shape, word and color of an outcome. A text of your own is preceded by the outcome's word for screen readers."""
    name = _outcome(outcome)
    word = _OUTCOME_WORDS[name]
    if not text or text == word:
        return format_html('<span class="tag {}">{}{}</span>', name, icon(name), word)
    return format_html('<span class="tag {}">{}<span class="vh">{}: </span>{}</span>', name, icon(name), word, text)


@register.simple_tag
def ring(value: object, total: object, label: str = "", unit: str = "hours", outcome: object = "") -> SafeString:
    """
    How much of a total is reached, as a ring with the figures inside.

    Without a total (the board sets none, or it is not known) the ring is striped or empty, never full. `label` says to
    screen readers what is counted.
    """
    have, need = _number(value), _number(total)
    name = _outcome(outcome) if outcome else ""
    figures = _figure(have) if have is not None else "?"
    # the unit leaves the picture where the ring is small, so it is a part of its own
    under: SafeString | str
    if need is not None:
        under = format_html('of {}<span class="u"> {}</span>', _figure(need), unit)
    else:
        under = f"{unit}, total not known" if name == "unknown" else unit
    arcs: list[SafeString] = []
    if name == "unknown":
        arcs.append(mark_safe('<circle class="open" cx="60" cy="60" r="52" stroke-dasharray="4.084 4.084"/>'))
    if have is not None and need is not None and (have > 0 or need <= 0):
        share = _share(have, need)
        # a whole circle needs no cap; a nearly whole one must keep its gap although the caps are round
        dash = format_html(' stroke-dasharray="{} {}"', (min(share, _ALMOST) * _AROUND / 100).quantize(Decimal("0.1")), _AROUND)
        arcs.append(format_html('<circle class="arc" cx="60" cy="60" r="52"{}/>', dash if share < _FULL else ""))
    heard = format_html('<span class="vh">{}: </span>', label) if label else ""
    return format_html(
        '<div class="ring {}"><svg viewBox="0 0 120 120" aria-hidden="true"><circle class="track" cx="60" cy="60" r="52"/>{}</svg>'
        "<p>{}<b>{}</b> <span>{}</span></p></div>",
        name,
        format_html_join("", "{}", ((arc,) for arc in arcs)),
        heard,
        figures,
        under,
    )


@register.simple_tag
def bar(value: object, total: object, outcome: object = "") -> SafeString:
    """
    The picture of a figure that stands beside it as text; hidden from screen readers for that reason.

    Unknown is striped over its whole length, with the known part filled.
    """
    have, need = _number(value), _number(total)
    name = _outcome(outcome) if outcome else ""
    width = _FULL if name == "met" else Decimal(0)
    if need is not None and have is not None and need > 0:
        width = _share(have, need)
    return format_html('<svg class="bar {}" aria-hidden="true"><rect width="{}%" height="100%"/></svg>', name, width)


@register.filter
def hours(value: object) -> str:
    """Hours in data: 5.0 h. Quarters keep both decimals: 1.25 h. No figure stays no figure."""
    number = _number(value)
    if number is None:
        return "not known"
    rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    tenths = rounded.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths if tenths == rounded else rounded} h"


@register.filter
def hours_words(value: object) -> str:
    """Hours in a sentence: five hours, one and a half hours, half an hour, 36 hours."""
    number = _number(value)
    if number is None:
        return "an unknown number of hours"
    whole, rest = divmod(number, 1)
    words = _NUMBER_WORDS[int(whole)] if 0 <= whole < len(_NUMBER_WORDS) else str(int(whole))
    if not rest:
        return f"{words} hour" if whole == 1 else f"{words} hours"
    quarter = _QUARTERS.get(rest)
    if quarter is None or not 0 <= whole < len(_NUMBER_WORDS):
        return f"{_figure(number)} hours"
    if not whole:
        return {"a half": "half an hour", "a quarter": "a quarter of an hour"}.get(quarter, "three quarters of an hour")
    return f"{words} and {quarter} hours"


@register.filter
def long_date(value: object) -> str:
    """28 February 2027. An empty date stays empty."""
    if not isinstance(value, date):
        return ""
    return f"{value.day} {value:%B} {value.year}"


def _address(target: str) -> str:
    """An address as it is, or the address of a url name."""
    return target if target.startswith(("/", "#", "?", "http")) else reverse(target)


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, text: str, css_class: str = "") -> SafeString:
    """A link of the main navigation that knows whether it is the page or the section one is in."""
    url = _named(url_name)
    # an error page may be drawn without a request
    request = context.get("request")
    path = request.path if isinstance(request, HttpRequest) else ""
    current = "page" if path == url else "true" if url != "/" and path.startswith(url) else ""
    return _nav_link(url, text, css_class, current)


@functools.lru_cache(maxsize=500)
def _nav_link(url: str, text: str, css_class: str, current: str) -> SafeString:
    """Kept, because every page has all of them."""
    classes = format_html(' class="{}"', css_class) if css_class else ""
    here = format_html(' aria-current="{}"', current) if current else ""
    return format_html('<a href="{}"{}{}>{}</a>', url, classes, here, text)


@functools.lru_cache(maxsize=500)
def _named(url_name: str) -> str:
    return reverse(url_name)


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, object]:
    """`{% breadcrumb "Licenses" "license-list" "California LPCC" %}`: pairs of text and address, then this page's own name."""
    if len(parts) % 2 == 0:
        raise template.TemplateSyntaxError("breadcrumb takes pairs of text and address, and last the name of the page itself")
    trail = [(parts[at], _address(parts[at + 1])) for at in range(0, len(parts) - 1, 2)]
    return {"trail": trail, "here": parts[-1]}


@register.inclusion_tag("components/steps.html")
def steps(items: Iterable[object], label: str = "Progress", down: bool = False) -> dict[str, object]:
    """A path in order. Each item has `name`, `state` (done, current, todo, locked) and may have `url`."""
    words = {"done": "Done", "current": "You are here", "todo": "To do", "locked": "Not open yet"}
    rows = []
    for item in items:
        state = str(_part(item, "state"))
        rows.append({"name": _part(item, "name"), "state": state, "word": words[state], "url": _part(item, "url")})
    return {"rows": rows, "label": label, "down": down}


def _part(item: object, name: str) -> object:
    """A part of a mapping or of an object, or nothing."""
    return item.get(name, "") if isinstance(item, Mapping) else getattr(item, name, "")


@dataclass(frozen=True, kw_only=True)
class TimelineFlag:
    """One deadline, placed. `x` is in percent of the axis, the rest in pixels from the top."""

    on: date
    title: str
    detail: str
    url: str
    outcome: str
    word: str
    x: Decimal
    title_y: int
    detail_y: int
    flag_y: int


@dataclass(frozen=True, kw_only=True)
class TimelineTick:
    x: Decimal
    text: str


_ROW = 48
_AXIS_GAP = 22
_NARROWEST = Decimal(840)
"""Width in pixels at which labels must still not meet; below it the timeline becomes a list."""
_GLYPH = Decimal("7.9")
_MOST_MONTHS = 48
"""With more months than this a tick stands for a year."""
_NEAR = 8
_YEAR = 12


def _months(start: date, end: date) -> Sequence[date]:
    """The first days of the months after `start`, up to `end`."""
    found: list[date] = []
    year, month = start.year, start.month
    while True:
        year, month = (year + 1, 1) if month == _YEAR else (year, month + 1)
        first = date(year, month, 1)
        if first > end:
            return found
        found.append(first)


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[object], today: date) -> dict[str, object]:
    """
    Deadlines on an axis of days, and the same as a list on phones.

    Each event has `on`, `title`, `outcome` and may have `detail` and `url`. Labels are flags that stand right of their
    pole. Going from right to left, a flag rises above every flag that begins before it ends, so no text meets another
    and no pole crosses a text.
    """
    ordered = sorted(events, key=lambda event: (_part(event, "on"), str(_part(event, "title"))))
    if not ordered:
        return {"flags": [], "today": today}
    days = [_day(event) for event in ordered]
    start = min(today, days[0])
    widest = max(len(_detail_text(event)) for event in ordered)
    room = Decimal(1) - min((max(widest, len(str(_part(ordered[-1], "title")))) * _GLYPH + 16) / _NARROWEST, Decimal("0.4"))
    span = max(Decimal((days[-1] - start).days) / room, Decimal(60))
    end = date.fromordinal(start.toordinal() + int(span))

    def place(day: date) -> Decimal:
        return (Decimal((day - start).days) * 100 / span).quantize(Decimal("0.01"))

    rows: list[int] = []
    starts: list[Decimal] = []
    for event, day in zip(reversed(ordered), reversed(days), strict=True):
        x = place(day) * _NARROWEST / 100
        width = max(len(str(_part(event, "title"))), len(_detail_text(event))) * _GLYPH + 24
        under = [row for row, begins in zip(rows, starts, strict=True) if begins < x + width]
        rows.append(max(under, default=-1) + 1)
        starts.append(x)
    rows.reverse()
    axis = (max(rows) + 1) * _ROW + _AXIS_GAP
    flags = []
    for event, day, row in zip(ordered, days, rows, strict=True):
        top = axis - _AXIS_GAP - (row + 1) * _ROW
        outcome = _outcome(_part(event, "outcome"))
        flags.append(
            TimelineFlag(
                on=day,
                title=str(_part(event, "title")),
                detail=str(_part(event, "detail")),
                url=str(_part(event, "url")),
                outcome=outcome,
                word=_OUTCOME_WORDS[outcome],
                x=place(day),
                title_y=top + 15,
                detail_y=top + 35,
                flag_y=top + 3,
            )
        )
    months = _months(start, end)
    # months, quarters or years: enough to read distances by, few enough to stay quiet
    step = 1 if len(months) <= _YEAR else 3 if len(months) <= _MOST_MONTHS else _YEAR
    ticks = [TimelineTick(x=place(day), text="") for day in months if (day.month - 1) % step == 0]
    now = place(today)
    # a year is written at its first day, unless the word "Today" stands there already
    years = [TimelineTick(x=place(day), text=str(day.year)) for day in months if day.month == 1 and abs(place(day) - now) > _NEAR]
    return {
        "flags": flags,
        "ticks": ticks,
        "years": years,
        "today": today,
        "now": now,
        "axis": axis,
        "tick_top": axis - 4,
        "tick_bottom": axis + 4,
        "dot": axis - 8,
        "text_y": axis + 26,
        "height": axis + 34,
    }


def _day(event: object) -> date:
    day = _part(event, "on")
    if not isinstance(day, date):
        raise template.TemplateSyntaxError("an event of the timeline needs a date in `on`")
    return day


def _detail_text(event: object) -> str:
    """What stands in the second line of a flag: the day, then the detail."""
    detail = str(_part(event, "detail"))
    return f"{long_date(_day(event))} · {detail}" if detail else long_date(_day(event))


@register.simple_tag
def kept(form: BaseForm) -> str:
    """
    What of a refused form is still there, for the summary at the top; nothing where nothing is.

    Browsers get no password and no file back, so whoever gave one must hear that it is wanted again.
    """
    fields = form.visible_fields()
    passwords = [field for field in fields if isinstance(field.field.widget, PasswordInput)]
    files = [field for field in fields if isinstance(field.field, FileField)]
    if len(passwords) + len(files) == len(fields):
        return ""
    said = "What you entered is still here."
    if any(form.data.get(field.html_name) for field in passwords):
        said += " Enter the password again."
    if any(form.files.get(field.html_name) for field in files):
        said += " Choose the file again."
    return said


@register.filter
def zone_words(zone: tzinfo) -> str:
    """A time zone as people say it: "in Los Angeles time"; UTC stays UTC."""
    name = str(zone)
    return f"in {name.rsplit('/', 1)[-1].replace('_', ' ')} time" if "/" in name else f"in {name}"


@register.simple_tag
def error_links(form: BaseForm) -> SafeString:
    """
    The errors of a form as links to its fields, for the summary at the top.

    They stand in the order of the fields, which is that of the page, whoever found them: first what is about the whole form.
    """
    rows: list[tuple[str, str]] = []
    for name in (name for name in form.fields if name in form.errors):
        field = form[name]
        # a group of radio buttons has no id of its own; its first button does
        target = field.id_for_label or (f"{field.auto_id}_0" if field.use_fieldset else field.auto_id)
        colon = " " if field.label.endswith(("?", ".", ":")) else ": "
        rows.extend((target, f"{field.label}{colon}{message}") for message in form.errors[name])
    return format_html(
        "{}{}",
        format_html_join("", "<li>{}</li>", ((text,) for text in form.non_field_errors())),
        format_html_join("", '<li><a href="#{}">{}</a></li>', rows),
    )
