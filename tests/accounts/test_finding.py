"""Staff find people by the beginnings of words, and whatever changes a name or an address changes the words with it."""

from __future__ import annotations

import doctest
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps as installed
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodstanding.accounts import finding, services, words
from goodstanding.accounts.closing import GRACE, request_closure
from goodstanding.accounts.finding import find_people, people_with_wrong_words
from goodstanding.accounts.models import PersonWord, Profile, User
from goodstanding.flows.demonstration import fill
from goodstanding.flows.leaving import carry_out
from goodstanding.mailing.models import OutgoingMail
from tests.today import TODAY

pytestmark = pytest.mark.django_db


def emails(query: str) -> list[str]:
    return [user.email for user in find_people(query)[:]]


def test_words_are_as_their_documentation_says():
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("zoë", True), ("ZOE", True), ("zo\u0308e", True), ("zoe\u0308", True), ("o’mal", True), ("o'malley", True), ("omalley", True),
        ("malley", True), ("luczak", True), ("gross-lu", True), ("z.lu", True), ("lu+ce", True), ("ce@mail", True), ("mail.exa", True),
        ("example.org", True), ("org", True), ("org zoe", True), ("zoe org zo", True), ("李小", True),
        ("oe", False), ("alley", False), ("zoe ben", False), ("xample", False), ("z lu ce ma ex or o gr 李", True), ("zoex", False),
    ],
)  # fmt: skip
def test_each_word_that_is_typed_begins_a_word_of_the_person(make_user, query, found):
    make_user(email="ben@nowhere.test", legal_name="Ben Example")
    make_user(email="z.lu+ce@mail.example.org", legal_name="Zoë O’Malley Groß-Łuczak 李小龙")
    assert emails(query) == (["z.lu+ce@mail.example.org"] if found else [])


@pytest.mark.parametrize("query", ["", "  ", "\u0301", "\u200f", "%", "_", "\\", "'", "\u2028"])
def test_what_is_no_word_finds_nobody(clinician, query):
    assert len(find_people(query)) == 0
    assert not find_people(query).more


def test_long_names_in_any_script_are_kept(make_user):
    name = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 120  # each is taken apart into many letters
    made = make_user(legal_name=name, email=f"{'a.' * 60}b@example.org")
    assert find_people(name)[:] == [made]
    assert list(people_with_wrong_words()) == []


class TestCommonWords:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch):
        """Bounds that a test can reach."""
        for name, bound in {"MOST_FOUND": 5, "_LIST": 10, "_MOST_READ": 40}.items():
            monkeypatch.setattr(finding, name, bound)

    @pytest.fixture
    def many(self, make_user):
        """Ann and Bob with one name, in turns, 15 each; and one who is called both."""
        for number in range(30):
            made = make_user(email=f"x{number:02}@example.test", legal_name=("Anna Common", "Bob Common")[number % 2])
        Profile.objects.filter(user=made).update(legal_name="Bob Common Annabel")
        services.keep_words(user=made)
        return made

    def test_as_many_as_are_shown_and_no_more_are_given(self, many):
        found = find_people("common")
        assert (len(found), found.more) == (5, True)
        assert emails("common") == sorted(emails("common")) == emails("common")

    def test_the_bound_itself_is_not_more(self, make_user):
        for number in range(5):
            make_user(email=f"same{number}@example.test", legal_name="Same Sort")
        assert (len(find_people("same")), find_people("same").more) == (5, False)
        make_user(email="same5@example.test")
        assert (len(find_people("same")), find_people("same").more) == (5, True)

    def test_one_rare_word_is_enough_to_find_everyone(self, many):
        assert (emails("common annab"), find_people("common annab").more) == ([many.email], False)

    def test_common_words_together_find_whoever_has_them_all(self, many):
        assert (emails("ann bob"), find_people("ann bob").more) == ([many.email], False)

    def test_what_would_take_too_long_says_so(self, many, monkeypatch):
        monkeypatch.setattr(finding, "_MOST_READ", 10)
        monkeypatch.setattr(finding, "MOST_FOUND", 20)
        found = find_people("common exam")
        assert (len(found), found.more) == (10, True)

    def test_however_many_there_are_the_same_questions_are_asked(self, many, make_user):
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                find_people("common exam")[:]
            return len(queries)

        before = asked()
        for number in range(40):
            make_user(email=f"y{number:02}@example.test", legal_name="Anna Common")
        assert asked() == before


def test_a_page_says_when_there_are_more(as_administrator, make_user, monkeypatch):
    monkeypatch.setattr(finding, "MOST_FOUND", 2)
    for _ in range(3):
        make_user(legal_name="Same Name")
    page = as_administrator.get("/staff/people/", {"q": "same"}).content.decode()
    assert "2 of more people." in page
    assert "Write more of the name" in page


def test_who_leaves_while_the_list_is_read_is_left_out(clinician, other_clinician):
    found = find_people("exam")
    clinician.delete()
    assert found[:] == [other_clinician]


class TestKeptTrue:
    """By every way in which a name or an address comes, changes and goes."""

    @pytest.fixture(autouse=True)
    def all_true_in_the_end(self, db):
        yield
        assert list(people_with_wrong_words()) == []
        assert set(PersonWord.objects.values_list("user", flat=True)) == set(User.objects.values_list("pk", flat=True))

    def test_signing_up(self, client):
        form = {"legal_name": "Nia Newcomer", "email": "nia.new@example.org", "password1": "four words in a row", "terms": "on"}
        assert client.post("/account/signup/", form).status_code == 302
        assert emails("newco") == ["nia.new@example.org"]

    def test_becoming_the_administrator(self, client):
        form = {"legal_name": "Ona Owner", "email": "ona@example.org", "password1": "four words in a row", "terms": "on"}
        assert client.post(f"/claim/{services.create_claim()}/", form).status_code == 302
        assert emails("owner") == ["ona@example.org"]

    def test_changing_the_profile(self, signed_in, clinician):
        form = {"legal_name": "Ada Married", "time_zone": "America/New_York", "professions": ["mft"]}
        assert signed_in.post("/account/", form).status_code == 302
        assert emails("married") == [clinician.email]
        assert emails("ada exam") == [clinician.email]  # by the address
        form["legal_name"] = "Ada Divorced"
        assert signed_in.post("/account/", form).status_code == 302
        assert emails("married") == []

    def test_changing_the_address(self, client):
        user = services.open_account(
            email="before@example.org", password="four words in a row", legal_name="Ada B", at=timezone.now(), confirmed=True
        )
        client.force_login(user)
        asked = client.post("/account/email/", {"email": "after@example.org", "action_add": ""})
        client.post(asked.headers["Location"], {"password": "four words in a row"})
        assert emails("after@") == []  # not hers before she proves it
        link = next(part for part in OutgoingMail.objects.get(to="after@example.org").body.split() if "/confirm-email/" in part)
        client.post(link)
        user.refresh_from_db()
        assert find_people("after@")[:] == [user]
        assert emails("before@") == []

    def test_losing_the_address_to_whoever_proves_it(self, clinician):
        services.open_account(email="mine@example.org", password="four words in a row", legal_name="Squatter", at=timezone.now())
        services.release_unconfirmed(email="mine@example.org", owner=clinician)
        assert emails("squatter") == []

    def test_leaving(self, clinician, other_clinician):
        now = timezone.now()
        carry_out(closure_id=request_closure(user=clinician, at=now).pk, at=now + GRACE)
        assert emails("ada") == []
        assert emails("ben") == [other_clinician.email]

    def test_the_demonstration(self):
        fill(password="four words in a row", content_root=django_settings.CONTENT_ROOT, at=timezone.now(), on=TODAY)
        assert len(find_people("demonstration@")) == User.objects.count()

    def test_an_upgrade(self, make_user):
        """In pieces: more people than are taken at once, of whom one has no profile."""
        fill_words = __import__("goodstanding.accounts.migrations.0005_fill_words_of_people", fromlist=["fill"])
        User.objects.bulk_create(User(email=f"u{number}@example.test", password="!") for number in range(1101))
        make_user(legal_name="Una Upgraded")
        PersonWord.objects.all().delete()
        fill_words.fill(installed, SimpleNamespace(connection=connection))


def test_wrong_words_are_seen(clinician, other_clinician):
    assert list(people_with_wrong_words()) == []
    Profile.objects.filter(user=clinician).update(legal_name="Renamed Past The Service")
    assert list(people_with_wrong_words()) == [clinician.pk]
    services.keep_words(user=clinician)
    PersonWord.objects.filter(user=other_clinician).first().delete()
    assert list(people_with_wrong_words()) == [other_clinician.pk]


def test_no_one_else_writes_names_and_addresses():
    """Whoever sets a name or an address past the services would leave the words behind."""
    source = Path(services.__file__).parents[1]
    writing = ("legal_name=", ".legal_name =", ".email =", "User.objects.create", "Profile.objects.create", "create_user(")
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        for line in path.read_text().splitlines()
        if any(one in line.replace("draft_user(email", "").replace("words_of(legal_name=", "") for one in writing)
    }
    assert found <= {
        "accounts/models.py", "accounts/services.py", "accounts/words.py", "accounts/finding.py",
        # these hand names to the services, or compare them
        "learning/errors.py", "accounts/selectors.py",
        "flows/demonstration.py", "web/public/account_forms.py", "web/public/claim.py",
    }  # fmt: skip
