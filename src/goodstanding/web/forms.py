"""How forms are drawn: one renderer for every form of the product, and the base class of our own forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting

__all__ = ["DayInput", "LookForm", "LookRenderer"]


class LookRenderer(TemplatesSetting):
    """Draws every form with our templates, also those of libraries, so that errors are found in one place everywhere."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        """Ours from the project's templates; the bare widgets from Django itself, which need no entry in the settings."""
        if template_name.startswith("django/"):
            return _DJANGO.get_template(template_name)
        return super().get_template(template_name)


_DJANGO = DjangoTemplates()


class DayInput(forms.DateInput):
    """The browser's own calendar, which takes and shows days only as 2026-11-23."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class LookForm(forms.Form):
    """
    Base of the product's forms. The server says what is wrong, in our words; the browser's own bubbles stay off.

    `required` is left out of the markup because a bubble shows one field at a time and cannot be read again; required
    is the normal case here, so the page marks the optional fields instead.
    """

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _missing(field)

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Put what a service refused beside the fields it is about; what has no field here stands above the form."""
        for field, problem in problems.items():
            self.add_error(field if field in self.fields else None, problem)


def license_number_field() -> forms.CharField:
    """The number on a license, asked for in the same words wherever one is kept."""
    return forms.CharField(
        label="License number",
        max_length=40,
        widget=forms.TextInput(attrs={"size": 20, "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={
            "required": "Enter the number as it stands on your license.",
            "max_length": "A license number has at most 40 characters.",
        },
    )


def _missing(field: forms.Field) -> str:
    """What to do where nothing was entered; a form's own message always goes before this."""
    if isinstance(field, forms.BooleanField):
        return "Tick this to go on."
    if isinstance(field, forms.MultipleChoiceField):
        return "Choose at least one."
    if isinstance(field, forms.ChoiceField):
        return "Choose one."
    if isinstance(field, forms.FileField):
        return "Choose a file."
    if isinstance(field, forms.DateField):
        return "Enter a date."
    return "Enter this."
