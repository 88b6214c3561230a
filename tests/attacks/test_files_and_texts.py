"""Files that are something else, Markdown and YAML that want to be more than text, numbers that want to be paths."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.core.certificates import NumberError, parse_number
from goodstanding.core.courseware.markdown import render_markdown
from goodstanding.core.documents import DocumentError, parse_document
from goodstanding.core.uploads import UploadError, read_upload
from goodstanding.credit.models import CreditProof

PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def _zip(name: str, size: int) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return data.getvalue()


REFUSED = {
    "page.pdf": b"<html><script>1</script></html>",
    "page.html": b"<!doctype html><script>1</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "drawing.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="1"/>',
    "bomb.pdf": _zip("a", 5_000_000),
    "slip.zip": _zip("../../etc/passwd", 10),
    "program.pdf": b"MZ\x90\x00" + b"\0" * 100,
    "late.pdf": b"<script>1</script>\n" + PDF,
    "gif.jpg": b"GIF89a/*<script>*/=1;",
    "half.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "empty.pdf": b"",
    "giant.pdf": PDF + b"0" * 10_500_000 + b"%%EOF",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_document_is_refused(name):
    with pytest.raises(UploadError):
        read_upload(io.BytesIO(REFUSED[name]), name=name, unnamed="proof")


@pytest.mark.parametrize(
    "data",
    [
        PDF[:-6] + b"/OpenAction <</S /JavaScript /JS (app.alert(1))>>\n<script>1</script>\n%%EOF\n",
        PDF + _zip("a.html", 10)[:1500],
    ],
)
@pytest.mark.django_db
def test_a_document_with_something_inside_only_ever_comes_back_as_a_download(signed_in, data):
    form = {
        "title": "Ethics", "completed": "2026-03-01", "amount": "6", "unit": "hour", "format": "asynchronous", "activity": "course", "approvals": ["nbcc"], "sponsor_kind": "association",
        "proof": SimpleUploadedFile('..\\..\\"><script>.html.pdf', data, content_type="text/html"),
    }  # fmt: skip
    page = signed_in.get(reverse("credit-add")).content.decode()
    form["submission"] = page.split('name="submission" value="')[1].split('"')[0]
    answer = signed_in.post(reverse("credit-add"), form)
    proof = CreditProof.objects.first()
    assert proof is not None, answer.content.decode()
    response = signed_in.get(reverse("credit-proof", args=[proof.pk]))
    assert b"".join(response.streaming_content) == data
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert not set('/\\"<>\r\n') & set(proof.name)
    assert ".." not in (proof.file.name or "")
    assert "html" not in (proof.file.name or "")


MARKUP = [
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](JaVaScRiPt&#58;alert(1))", "![x](data:text/html,<script>1</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "[x](vbscript:x)",
    "[a]: javascript:alert(1)\n\n[a]", '<https://a.example/" onclick="x>', "::: case <img src=x onerror=1>\nx\n:::",
    "`<script>`", "&lt;script&gt;", "[x](file:///etc/passwd)", "<style>*{}</style>", "<iframe src=//a.example></iframe>",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKUP)
def test_markdown_brings_no_script(text):
    html = render_markdown(text).lower()
    for bad in (
        "<script",
        "<img src=x",
        "<svg",
        "<style",
        "<iframe",
        'href="javascript',
        'href="data',
        'href="vbscript',
        'href="file',
    ):
        assert bad not in html


@pytest.mark.parametrize("text", [">" * 5000, "* " * 3000, "[" * 5000, "`" * 9999, "- a\n" * 20_000, "*a_" * 5000, "a" * 500_000])
def test_deep_and_huge_markdown_ends(text):
    assert isinstance(render_markdown(text), str)


@given(st.text(alphabet="<>&\"'[]()!`*_:/jsx \n", max_size=80))
def test_markdown_of_any_marks_brings_no_script(text):
    html = render_markdown(text)
    assert "<script" not in html.lower()
    assert 'href="javascript' not in html.lower()


@pytest.mark.parametrize(
    "text",
    ["a: &a [1]\nb: *a", "a: !!python/object/apply:os.system ['true']", "a: !custom 1", "[" * 500, "{a: " * 500,
     "? " * 3000, "a: 1\na: 2", "a: \x00", "--- 1\n--- 2", "x: " + "[1," * 45],
)  # fmt: skip
def test_yaml_that_wants_more_than_data_is_refused(text):
    with pytest.raises(DocumentError):
        parse_document(text, name="case.yaml")


@pytest.mark.parametrize(
    "number", ["../../etc/passwd", "GS-..%2f..", "GS-0000\x00", "a" * 100_000, "", "GS/../../x", "\u202eGS", "GS-<script>"]
)
def test_a_number_is_never_a_path(number):
    with pytest.raises(NumberError):
        parse_number(number)
