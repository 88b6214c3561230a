"""Pages are sent compressed to who can read that; what is compressed already is left alone."""

from __future__ import annotations

import gzip

import pytest

pytestmark = pytest.mark.django_db

ASKS = {"HTTP_ACCEPT_ENCODING": "gzip"}


def test_a_page_is_compressed_for_who_asks(client):
    plain = client.get("/privacy/")
    small = client.get("/privacy/", **ASKS)
    assert "Content-Encoding" not in plain
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert len(small.content) < len(plain.content) / 2
    assert b"<h1" in gzip.decompress(small.content)


def test_two_answers_differ_in_length_so_that_it_tells_nothing(client):
    assert len({len(client.get("/privacy/", **ASKS).content) for _ in range(20)}) > 1


def test_a_file_is_left_alone(as_administrator):
    from django.http import HttpResponse

    from goodstanding.web.compression import CompressPages

    response = HttpResponse(b"%PDF" + b"a" * 1000, content_type="application/pdf")
    request = as_administrator.get("/", **ASKS).wsgi_request
    assert "Content-Encoding" not in CompressPages(lambda _: response)(request)
