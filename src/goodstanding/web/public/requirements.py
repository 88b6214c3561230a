"""What every board asks for, in the open: the map and the table, the page of a state, the page of a rule, rules side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from goodstanding.core.rules.load import Rule
from goodstanding.core.rules.model import Source
from goodstanding.core.rules.wording import Clause, Description, changes_of, describe
from goodstanding.licensing.explorer import PROFESSIONS, SUBJECTS, Listed, Tile, entries, find, places, tiles
from goodstanding.licensing.rulebook import rulebook
from goodstanding.web.clock import today
from goodstanding.web.public.kept_page import same_for_everyone

MOST_COMPARED = 4
CONFIDENCE = {
    "primary": "Every figure from a statute, a rule or the board",
    "secondary": "Some figure from an association or a vendor",
    "vendor": "From vendors alone",
    "conflicting": "Sources disagree",
}
KNOWN = {"sure": "certain figures only", "open": "with something open"}
_SOURCE_KINDS = {
    "statute": "Statute or rule",
    "board": "Board",
    "association": "Association",
    "vendor": "Vendor",
    "standards": "Standard",
}
_TILE, _GAP = 46, 4


def placed(map_: Iterable[Tile]) -> list[dict[str, Any]]:
    """The tiles with their places in the drawing."""
    return [{"tile": tile, "x": tile.column * (_TILE + _GAP), "y": tile.row * (_TILE + _GAP)} for tile in map_]


@require_safe
@same_for_everyone
def requirements(request: HttpRequest) -> HttpResponse:
    """The map and the table of one profession, or what a search finds."""
    asked = request.GET
    profession = asked.get("profession", "") if asked.get("profession", "") in PROFESSIONS else ""
    subject = asked.get("show", "") if asked.get("show", "") in SUBJECTS else "ethics"
    words = asked.get("q", "").strip()[:100]
    known = asked.get("known", "") if asked.get("known", "") in KNOWN else ""
    at_least = int(asked["at_least"]) if asked.get("at_least", "").isascii() and asked.get("at_least", "").isdigit() else None
    if not profession and not words:
        profession = "counselor"
    listed = entries(today(request))
    found = find(listed, profession=profession, words=words, subject=subject, at_least=at_least, known=known)
    return render(
        request,
        "public/requirements.html",
        {
            "professions": PROFESSIONS,
            "profession": profession,
            "subjects": SUBJECTS,
            "subject": subject,
            "knowns": KNOWN,
            "known": known,
            "words": words,
            "at_least": at_least,
            "found": found,
            "all": len(listed),
            "tiles": placed(tiles(found, subject=subject)),
            "who": PROFESSIONS.get(profession, "All professions"),
            "checked": min((one.checked_on for one in listed), default=None),
            "most": MOST_COMPARED,
            "canonical": settings.PUBLIC_URL + reverse("requirements"),
        },
    )


@require_safe
@same_for_everyone
def requirements_page(request: HttpRequest, name: str) -> HttpResponse:
    """The page of a rule, or of a place that has rules."""
    on = today(request)
    book = rulebook()
    if name in book:
        return _rule_page(request, book[name], on)
    listed = [one for one in entries(on) if one.rule.rpartition("/")[0] == name]
    if not listed:
        raise Http404
    return render(
        request,
        "public/requirements_place.html",
        {
            "place": listed[0].place,
            "listed": listed,
            "most": MOST_COMPARED,
            "canonical": settings.PUBLIC_URL + reverse("requirements-page", args=[name]),
        },
    )


@dataclass(frozen=True)
class Shown:
    """A part of a rule with the sources and the open questions that it names, ready to be written."""

    clause: Clause
    sources: list[dict[str, Any]]
    questions: list[str]


def _rule_page(request: HttpRequest, rule: Rule, on: dt.date) -> HttpResponse:
    book = rulebook()
    file = rule.file
    said = describe(rule, book, on=on)
    texts = {question.id: question.text for question in file.open_questions}

    def shown(clauses: Iterable[Clause]) -> list[Shown]:
        return [
            Shown(one, _sources(file.sources, one.sources), [texts[each] for each in one.questions])
            for one in clauses
            if one.in_force
        ]

    (listed,) = [one for one in entries(on) if one.rule == file.id]
    folder = file.id.rpartition("/")[0]
    return render(
        request,
        "public/requirements_rule.html",
        {
            "rule": rule,
            "file": file,
            "listed": listed,
            "folder": folder,
            "siblings": [one for one in entries(on) if one.rule.startswith(f"{folder}/") and one.rule != file.id],
            "period": said.period,
            "requirements": shown(said.requirements),
            "caps": shown(said.caps),
            "counting": shown(said.counting),
            "others": shown(said.others),
            "later": [one for one in (*said.requirements, *said.caps) if not one.in_force],
            "changes": changes_of(rule, book),
            "confidence": CONFIDENCE[file.confidence],
            "all_sources": _sources(file.sources, file.sources),
            "add": f"{reverse('license-add')}?{urlencode({'rule': file.id})}",
            "compare": f"{reverse('requirements-compare')}?{urlencode({'with': file.id})}",
            "canonical": settings.PUBLIC_URL + reverse("requirements-page", args=[file.id]),
        },
    )


def _sources(known: dict[str, Source], names: Iterable[str]) -> list[dict[str, Any]]:
    return [
        {
            "kind": _SOURCE_KINDS[source.kind],
            "says": source.says,
            "url": source.url,
            "host": urlsplit(source.url).hostname if source.url else "",
            "dated": source.dated,
        }
        for source in (known[name] for name in names)
    ]


@require_safe
@same_for_everyone
def requirements_compare(request: HttpRequest) -> HttpResponse:
    """Two to four rules side by side; with fewer, the choice of what to compare with."""
    on = today(request)
    book = rulebook()
    listed = {one.rule: one for one in entries(on)}
    chosen = [name for name in dict.fromkeys(request.GET.getlist("with")) if name in listed][:MOST_COMPARED]
    rules = [listed[name] for name in chosen]
    return render(
        request,
        "public/requirements_compare.html",
        {
            "rules": rules,
            "rows": _rows([(one, describe(book[one.rule], book, on=on)) for one in rules]) if len(rules) > 1 else [],
            "listed": [one for one in listed.values() if one.rule not in chosen],
            "places": places(listed.values()),
            "most": MOST_COMPARED,
            "room": len(rules) < MOST_COMPARED,
            "cut": len(dict.fromkeys(request.GET.getlist("with"))) > len(chosen),
            "canonical": settings.PUBLIC_URL + reverse("requirements-compare"),
        },
    )


def _rows(rules: list[tuple[Listed, Description]]) -> list[dict[str, Any]]:
    """A row for every part that one of them has; `differs` where they do not say the same."""

    def row(label: str, cells: list[list[str]], *, kind: str = "") -> dict[str, Any]:
        return {"label": label, "cells": cells, "differs": len({tuple(cell) for cell in cells}) > 1, "kind": kind}

    rows = [
        row("Period", [[one.years] for one, _ in rules]),
        row("Hours in all", [[one.total.words] for one, _ in rules]),
        row("Ethics hours", [[one.ethics.words] for one, _ in rules]),
        row("Board", [[one.board] for one, _ in rules]),
        row("How well it is known", [[CONFIDENCE[one.confidence]] for one, _ in rules]),
    ]
    for group in ("requirements", "caps", "counting", "others"):
        parts = [{one.id: one for one in getattr(said, group) if one.in_force} for _, said in rules]
        for name in dict.fromkeys(name for one in parts for name in one):
            label = next(one[name].label for one in parts if name in one)
            cells = [[one[name].text, *one[name].details] if name in one else [] for one in parts]
            rows.append(row(label[:1].upper() + label[1:], cells, kind=group))
    return rows


urlpatterns: list[URLPattern] = [
    path("requirements/", requirements, name="requirements"),
    path("requirements/compare/", requirements_compare, name="requirements-compare"),
    path("requirements/<path:name>/", requirements_page, name="requirements-page"),
]
