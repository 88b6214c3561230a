"""As of which day a standing is read."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest

from goodstanding.core.rules.case import EARLIEST, LATEST
from goodstanding.web.forms import DayInput, LookForm

__all__ = ["DayForm", "day_asked"]

TYPED_LENGTH = 30


class DayForm(LookForm):
    """As of which day the page is read."""

    on = forms.DateField(
        label="Show my standing as of",
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": "Choose a day. Until then you see today.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if typed := str(self.data.get("on", "")).strip():
            # The browser's own date field drops what is no day, so what was typed is repeated in words.
            self.fields["on"].error_messages["invalid"] = (
                f"“{typed[:TYPED_LENGTH]}” is not a day of the calendar. Enter it as year, month, day, for example 2026-03-01."
            )

    def clean_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["on"]
        if not EARLIEST <= on <= LATEST:
            raise forms.ValidationError(f"Choose a day between {EARLIEST.year} and {LATEST.year}.")
        return on


def day_asked(request: HttpRequest, *, now: dt.date) -> tuple[dt.date, DayForm]:
    """The day asked for, or `now` if none or none that exists; and the form that says so."""
    if "on" not in request.GET:
        return now, DayForm(initial={"on": now})
    form = DayForm(request.GET)
    if form.is_valid():
        return form.cleaned_data["on"], form
    form.data = {}  # a date field can not hold what is no date; the message repeats it
    return now, form
