"""Every address answers whoever asks, and each area asks who that is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from goodstanding.web.public import account_views

_SAMPLES = {"uuid": uuid.UUID(int=7), "int": 7, "slug": "no-such-thing", "str": "no-such-thing", "path": "no/such/thing"}
_OWN = ("/account/", "/licenses/", "/learn/", "/credits/", "/certificates/", "/standing/")
_NAMES = {
    "home", "course-list", "course-page", "requirements", "requirements-page", "terms", "privacy", "claim", "health-live", "health-ready", "account",
    "license-list", "license-add", "license-page", "learn", "credit-list", "credit-add", "credit-page", "credit-proof",
    "certificate-list", "certificate-pdf", "verify", "verify-certificate", "standing",
    "staff-home", "staff-sponsor", "staff-approvals", "staff-courses", "staff-people", "staff-person",
    "staff-certificate-revoke", "staff-audit", "staff-components",
    "account_login", "account_signup", "account_logout",
}  # fmt: skip


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


def _sample_arguments(name: str) -> dict[str, object]:
    """An argument for every placeholder, also for those of the list that an address is included from."""
    possibilities, _, _, converters = get_resolver().reverse_dict.getlist(name)[0]
    wanted = possibilities[0][1]
    return {each: _SAMPLES[_kind(converters[each])] if each in converters else "1x" for each in wanted}


def _kind(converter: object) -> str:
    return type(converter).__name__.removesuffix("Converter").replace("String", "str").lower()


ADDRESSES = {
    str(pattern.name): reverse(str(pattern.name), kwargs=_sample_arguments(str(pattern.name)))
    for pattern in _patterns(get_resolver())
}
STAFF = sorted(name for name, address in ADDRESSES.items() if address.startswith("/staff/"))
OWN = sorted(
    name
    for name, address in ADDRESSES.items()
    if address.startswith(_OWN) and not name.startswith(("account_", "mfa_"))  # allauth's own pages sign people in
)


def _without_token(page: bytes) -> bytes:
    """A page without the token of its forms, which is another one each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", page)


def _read(response):
    """Take a streamed answer to its end, as a browser would; closing it by hand would close the test's database."""
    if response.streaming:
        b"".join(response.streaming_content)


def test_every_pattern_has_a_name_of_its_own():
    names = [pattern.name for pattern in _patterns(get_resolver())]
    assert None not in names
    ours = {str(pattern.name): pattern.callback for pattern in account_views.urlpatterns}  # each stands before allauth's own
    assert sorted(str(name) for name in names) == sorted([*{str(name) for name in names}, *ours])
    assert {name: resolve(ADDRESSES[name]).func for name in ours} == ours


def test_the_promised_addresses_exist():
    assert set(ADDRESSES) >= _NAMES


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(ADDRESSES))
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_answers_a_stranger(client, name, method):
    # the test client raises what a view lets through, so an error inside fails here by itself
    response = getattr(client, method)(ADDRESSES[name])
    assert response.status_code < 500
    _read(response)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_address_answers_a_clinician(signed_in, name):
    response = signed_in.get(ADDRESSES[name])
    assert response.status_code < 500
    _read(response)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_an_address_answers_an_administrator(as_administrator, name):
    response = as_administrator.get(ADDRESSES[name])
    assert response.status_code < 500
    _read(response)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*STAFF, *OWN])
def test_a_stranger_is_asked_to_sign_in(client, name):
    responses = [getattr(client, method)(ADDRESSES[name]) for method in ("get", "post")]
    taken = [response for response in responses if response.status_code != 405]
    assert taken
    for response in taken:
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse(settings.LOGIN_URL) + "?next=")


@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_pages_do_not_exist_for_a_clinician(signed_in, name, method):
    response = getattr(signed_in, method)(ADDRESSES[name])
    assert response.status_code == 404
    assert _without_token(response.content) == _without_token(signed_in.get("/staff/there-is-nothing-here/").content)


@pytest.mark.parametrize(
    "name", sorted(name for name, address in ADDRESSES.items() if not address.startswith(("/health/", "/api/")))
)
def test_a_form_without_its_token_is_refused(administrator, name):
    client = Client(enforce_csrf_checks=True)
    client.force_login(administrator)
    response = client.post(ADDRESSES[name], {"anything": "1"})
    assert response.status_code in {403, 405}


@pytest.mark.parametrize("name", [*STAFF, *OWN])
def test_pages_of_a_person_stay_out_of_shared_caches(as_administrator, name):
    response = as_administrator.get(ADDRESSES[name])
    assert re.search(r"no-store|private", response.headers.get("Cache-Control", ""))
    _read(response)


@pytest.mark.parametrize("name", sorted(name for name, address in ADDRESSES.items() if not address.startswith("/api/")))
def test_in_a_demonstration_every_page_says_so(as_administrator, settings, name):
    settings.DEMONSTRATION = True
    response = as_administrator.get(ADDRESSES[name])
    _read(response)
    if response.headers["Content-Type"].startswith("text/html") and response.content:
        assert b"Demonstration. The people, licenses, credits and approvals here are made up." in response.content
