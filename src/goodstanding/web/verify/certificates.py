"""Anyone checks a certificate: by its number, or by comparing the file with the one that was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from goodstanding.core.certificates import MAX_FILE_BYTES, NumberError, parse_number
from goodstanding.credit.errors import CertificateNotFoundError
from goodstanding.credit.selectors import check_file, get_certificate, record_of
from goodstanding.web.forms import LookForm
from goodstanding.web.limits import Limit, limited

if TYPE_CHECKING:
    from goodstanding.credit.models import Certificate

PAGES = Limit("page", times=60, seconds=60)
FILES = Limit("file", times=15, seconds=60)


class NumberForm(LookForm):
    """The number as it is typed from paper: case, spaces and dashes do not matter."""

    number = forms.CharField(
        label="Certificate number",
        max_length=300,
        help_text="It begins with GS. Small letters, spaces and missing dashes are fine.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "size": 30}),
        error_messages={
            "required": "Enter the number that is printed on the certificate.",
            "max_length": "This is too long to be a certificate number. Enter only the number that begins with GS.",
        },
    )

    def clean_number(self) -> str:
        try:
            return parse_number(self.cleaned_data["number"])
        except NumberError as error:
            raise forms.ValidationError(str(error)) from error


class FileForm(LookForm):
    """The PDF to compare. It is read, compared and forgotten."""

    file = forms.FileField(
        label="Certificate file (PDF)",
        help_text="Up to 10 MB. We compare it with the file we issued and do not keep it.",
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Choose the PDF that you want to check.",
            "empty": "The file is empty. Choose the PDF once more.",
        },
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        data: bytes = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise forms.ValidationError(
                "The file is larger than 10 MB. Our certificates are much smaller: check that it is the right file."
            )
        if not data.startswith(b"%PDF-"):
            raise forms.ValidationError(
                "The file is not a PDF. Choose the certificate as it was downloaded, or enter its number."
            )
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@limited(FILES, method="POST")
def verify(request: HttpRequest) -> HttpResponse:
    number_form = NumberForm(request.GET if "number" in request.GET else None)
    file_form = FileForm()
    check = None
    status = 200
    if request.method == "POST":
        file_form = FileForm(request.POST, request.FILES)
        if file_form.is_valid():
            check = check_file(file_form.cleaned_data["file"])
    elif number_form.is_bound and number_form.is_valid():
        return redirect("verify-certificate", number=number_form.cleaned_data["number"])
    context = {
        "number_form": number_form,
        "file_form": file_form,
        "check": check,
        **(_shown(check.certificate) if check and check.certificate else {}),
    }
    response = render(request, "verify/verify.html", context, status=status)
    # The empty form names nobody, and who looks for a way to check a certificate should find it.
    return _public(response) if check or request.GET or request.method == "POST" else response


@require_GET
@limited(PAGES, method="GET")
def verify_certificate(request: HttpRequest, number: str) -> HttpResponse:
    try:
        canonical = parse_number(number)
    except NumberError as error:
        return _public(render(request, "verify/unknown.html", {"entered": number, "problem": str(error)}, status=404))
    if canonical != number:
        return redirect("verify-certificate", number=canonical)
    try:
        certificate = get_certificate(canonical)
    except CertificateNotFoundError:
        return _public(render(request, "verify/unknown.html", {"entered": canonical, "problem": ""}, status=404))
    return _public(render(request, "verify/certificate.html", _shown(certificate)))


def _shown(certificate: Certificate) -> dict[str, object]:
    """What the page says: the record as it was printed, and what became of the certificate since."""
    record = record_of(certificate)
    return {
        "certificate": certificate,
        "record": record,
        "revocation": getattr(certificate, "revocation", None),
        "hours": record.hours(record.minutes),
        "topics": [(topic.label, topic.minutes, record.hours(topic.minutes)) for topic in record.topics],
    }


def _public(response: HttpResponse) -> HttpResponse:
    """No search engine may list people's certificates, and no cache may show a status that has changed."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [
    path("verify/", verify, name="verify"),
    path("verify/<str:number>/", verify_certificate, name="verify-certificate"),
]
