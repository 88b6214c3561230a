"""What is kept of a page is what the page would be made of now, and holds nothing of one answer or of one person."""

from __future__ import annotations

import copy
import datetime as dt
import gc
import re
import uuid
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse

from goodstanding.compliance import selectors
from goodstanding.compliance.selectors import HolderStanding, standing_on
from goodstanding.compliance.services import reopen_question, settle_question
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.services import correct_credit, restore_credit, withdraw_credit
from goodstanding.kept import Kept
from goodstanding.learning import notes
from goodstanding.licensing.rulebook import rulebook
from goodstanding.licensing.selectors import access_license
from goodstanding.licensing.services import (
    answer_facts,
    change_license,
    record_carried_and_waived,
    record_renewal,
    remove_license,
    restore_license,
)
from goodstanding.web.learner import standing as standing_view
from goodstanding.web.parts import _MARK, Part
from goodstanding.web.public import catalog as catalog_view
from tests.compliance.situations import NOW, PERIOD_END, TODAY, a_credit, a_license
from tests.learning.making import AT, SLUG, enrolled, play, read

pytestmark = pytest.mark.django_db

STANDING, CATALOG = reverse("standing"), reverse("course-list")
COURSE, SECTION = reverse("course-page", args=[SLUG]), reverse("learn-section", args=[SLUG, "one"])


@pytest.fixture
def clock(monkeypatch):
    """The day on which the pages are read; it stands still until a test moves it."""
    days = [TODAY]
    for view in (standing_view, catalog_view):
        monkeypatch.setattr(view, "today", lambda request: days[-1])
    return days


def forget() -> None:
    """Everything that this process keeps."""
    for one in gc.get_objects():
        if type(one) is Kept:  # a lazy object would be woken by isinstance
            one._values.clear()


def body(response: HttpResponse) -> str:
    """The page without what each answer makes anew: the values of hidden fields."""
    assert response.status_code == 200
    page = response.content.decode()
    assert _MARK not in page
    return re.sub(r'(<input type="hidden"[^>]* value=")[^"]*"', r'\1"', page)


class Watched:
    """A page that is looked at again after everything that happens."""

    def __init__(self, client: Client, address: str) -> None:
        self.client, self.address = client, address
        self.seen = [self.look()]

    def look(self) -> str:
        kept = body(self.client.get(self.address))
        assert body(self.client.get(self.address)) == kept
        forget()
        assert body(self.client.get(self.address)) == kept, "what was kept is not what there is"
        return kept

    def changed(self, what: str) -> None:
        """It is another page now, and the one that would be made of what there is."""
        self.seen.append(self.look())
        assert self.seen[-1] != self.seen[-2], f"nothing shows {what}"


# The mechanism


@pytest.fixture
def template(monkeypatch):
    """Templates by their source, for parts that no page has."""
    monkeypatch.setattr(
        "goodstanding.web.parts.render_to_string",
        lambda source, context: engines["django"].from_string(source).render(context),
    )


def test_a_part_is_made_once_for_a_key_and_filled_each_time(template):
    part, made = Part("{{ words }}|{{ name }}|{% csrf_token %}", most=2, places=("name",)), []

    def shown(key, name):
        context = lambda: made.append(key) or {"words": f"<{key}>"}  # noqa: E731 - notes that it was asked for
        return part.render(RequestFactory().get("/"), key=key, context=context, name=name)

    first, second = shown("a", "<one>"), shown("a", "two")
    assert made == ["a"]
    assert shown("b", "x").startswith("&lt;b&gt;|x|")
    assert first.startswith("&lt;a&gt;|&lt;one&gt;|<input")
    assert second.startswith("&lt;a&gt;|two|<input")
    tokens = [re.search(r'value="(\w{64})"', each)[1] for each in (first, second)]
    assert tokens[0] != tokens[1]
    assert made == ["a", "b"]


def test_what_people_write_is_no_place(template):
    part = Part("{{ words }}", most=1)
    words = "place-0-csrf_token. place-csrf_token."
    assert part.render(RequestFactory().get("/"), key=1, context=lambda: {"words": words}) == words


# The pages


def test_the_standing_follows_everything_that_is_recorded(signed_in, clinician, clock):
    page = Watched(signed_in, STANDING)
    holder = clinician.holder
    mine = {"actor": clinician, "at": NOW}
    license_ = a_license(clinician)
    page.changed("a license")
    entry = a_credit(clinician, approvals=None)
    page.changed("a credit")
    entry = correct_credit(
        holder=holder,
        entry_id=entry.pk,
        submission=uuid.uuid4(),
        today=TODAY,
        credit=EarnedCredit(title=entry.title, completed=entry.completed, amount=Decimal(5), approvals=("nbcc",)),
        **mine,
    )
    page.changed("a correction")
    withdraw_credit(holder=holder, entry_id=entry.pk, **mine)
    page.changed("a withdrawal")
    restore_credit(holder=holder, entry_id=entry.pk, **mine)
    assert page.look() == page.seen[-2]
    answer_facts(license=license_, answers={"couples_and_families": True}, at=NOW)
    page.changed("an answer")
    settle_question(holder=holder, license_id=license_.pk, question="sponsor_list", confirmed_on=TODAY, note="", on=TODAY, at=NOW)
    page.changed("a confirmation")
    reopen_question(holder=holder, license_id=license_.pk, question="sponsor_list", at=NOW)
    page.changed("a question that is open again")
    record_carried_and_waived(license=license_, end=PERIOD_END, carried_in={"total": Decimal(4)}, waivers=(), **mine)
    page.changed("hours that were carried in")
    change_license(
        license=license_, number="LPCC 4711", issued=dt.date(2019, 5, 10), period_start=None, period_end=PERIOD_END, renewals=3, status="active", **mine
    )  # fmt: skip
    page.changed("another number")
    record_renewal(license=license_, period_end=PERIOD_END.replace(year=2029), renewed_on=TODAY, from_end=PERIOD_END, **mine)
    clock.append(PERIOD_END + dt.timedelta(days=1))
    page.changed("the next period")
    clock.append(TODAY)
    a_license(clinician, kind="lmft")
    page.changed("a second license")
    remove_license(license=access_license(holder, license_.pk), **mine)
    page.changed("a license that was removed")
    restore_license(license=access_license(holder, license_.pk, removed=True), **mine)
    page.changed("a license that is back")


def test_the_standing_follows_the_day_and_the_rules(signed_in, clinician, clock, monkeypatch):
    a_license(clinician)
    page = Watched(signed_in, STANDING)
    clock.append(TODAY + dt.timedelta(days=1))
    page.changed("the next day")
    # The same rules read again are others, as new ones would be.
    again = copy.copy(rulebook())
    asked: list[HolderStanding] = [standing_on(holder=clinician.holder, on=TODAY)]
    monkeypatch.setattr(selectors, "rulebook", lambda: again)
    asked.append(standing_on(holder=clinician.holder, on=TODAY))
    assert asked[0] is not asked[1]
    assert page.look() == page.seen[-1]


def test_nobody_sees_the_standing_of_another(client, clinician, other_clinician, clock):
    """Two who recorded the same, word for word; each page leads to its own licenses and credits."""
    pages = []
    for user in (clinician, other_clinician):
        license_, entry = a_license(user, number="LPCC 1"), a_credit(user, "The same course")
        client.force_login(user)
        pages.append((body(client.get(STANDING)), {str(license_.pk), str(entry.pk)}))
    for at, user in enumerate((clinician, other_clinician)):
        client.force_login(user)
        page = body(client.get(STANDING))
        assert page == pages[at][0]
        found = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", page)) - {str(user.pk)}
        assert found & pages[at][1]
        assert not found & pages[1 - at][1]


FORMS = {
    "open again": (STANDING, "/reopen/"),
    "go on": (SECTION, 'class="acts"'),
    "note": (SECTION, "data-notes"),
    "text": (SECTION, "data-reading"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_in_what_is_kept_is_taken_from_everyone_with_a_token_of_her_own(form, clinician, other_clinician, clock):
    """With the checks that the test client leaves out."""
    address, part = FORMS[form]
    tokens = []
    for user in (clinician, other_clinician):
        license_ = a_license(user)
        a_credit(user, approvals=None)
        settle_question(
            holder=user.holder, license_id=license_.pk, question="sponsor_list", confirmed_on=TODAY, note="", on=TODAY, at=NOW
        )
        enrolled(user)
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        for _ in range(2):  # the second time from what is kept
            page = client.get(address).content.decode()
        html = next(each for each in re.findall(r'<form[^>]*method="post".*?</form>', page, re.DOTALL) if part in each)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html)) | {
            "text": "words",
            "reading": "size-l",
        }
        action = re.search(r'<form[^>]* action="([^"]*)"', html)
        target = action[1] if action else address
        assert client.post(target, fields | {"csrfmiddlewaretoken": (tokens or ["x" * 64])[0]}).status_code == 403
        assert client.post(target, fields).status_code == 302
        tokens.append(fields["csrfmiddlewaretoken"])


def test_notes_are_of_their_writer(client, clinician, other_clinician):
    """The form beside them is kept; they are not."""
    mine, _ = enrolled(clinician), enrolled(other_clinician)
    client.force_login(clinician)
    page = Watched(client, SECTION)
    notes.save_note(enrollment=mine, section_id="one", note_id=uuid.uuid4(), text="Mine alone.", at=AT)
    page.changed("a note")
    assert "Mine alone." in page.seen[-1]
    client.force_login(other_clinician)
    assert "Mine alone." not in body(client.get(SECTION))
    ids = [re.search(r'name="note_id" value="([^"]+)"', client.get(SECTION).content.decode())[1] for _ in range(2)]
    assert uuid.UUID(ids[0]) != uuid.UUID(ids[1])


def test_the_player_follows_how_far_its_reader_is_and_how_she_reads(client, clinician, other_clinician):
    mine = enrolled(clinician)
    enrolled(other_clinician)
    client.force_login(clinician)
    page = Watched(client, SECTION)
    read(mine, "one")
    page.changed("a section that was read")
    play(mine)
    page.changed("a step elsewhere that was done")
    client.post(reverse("learn-reading", args=[SLUG]), {"reading": "size-l", "back": SECTION})
    page.changed("a larger text")
    client.force_login(other_clinician)
    client.cookies.pop("reading")
    hers = body(client.get(SECTION))
    for own, other in ((other_clinician.pk, clinician.pk), (other_clinician.email, clinician.email)):
        hers = hers.replace(str(own), str(other))
    assert hers == page.seen[0]
