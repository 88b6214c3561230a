"""The demonstration database: made up, said so, separate, and the same however often it is asked for."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from goodstanding.accounts.models import User
from goodstanding.accounts.selectors import get_holder
from goodstanding.audit.models import AuditEvent
from goodstanding.catalog.models import Approval
from goodstanding.catalog.selectors import get_sponsor, offered_courses
from goodstanding.compliance.selectors import standing_on
from goodstanding.conf.commands.demo import SIGN_IN
from goodstanding.core.rules.outcome import Standing
from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.flows.demonstration import ADMINISTRATOR, APPROVAL_BODY, PEOPLE, RealPeopleError, fill

DAYS = [dt.date(2026, 11, 23), dt.date(2028, 2, 29), dt.date(2031, 1, 1)]


@pytest.fixture
def filled(db, settings):
    settings.DEMONSTRATION = True

    def on(day: dt.date):
        at = dt.datetime.combine(day, dt.time(20), tzinfo=dt.UTC)
        return fill(password="a long enough word", content_root=django_settings.CONTENT_ROOT, at=at, on=day)

    return on


def standing_of(name: str, day: dt.date) -> list[Standing]:
    user = User.objects.get(email__startswith=f"{name}.")
    return [license_.standing for license_ in standing_on(holder=get_holder(user), on=day).licenses]


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_situations_are_what_they_say_on_whatever_day_it_is_filled(filled, day):
    filled(day)
    assert standing_of("met", day) == [Standing.MET]
    assert standing_of("short", day) == [Standing.UNMET]
    assert standing_of("unknown", day) == [Standing.UNKNOWN]
    assert standing_of("first", day) == [Standing.UNMET]
    assert Standing.MET not in standing_of("lapsed", day)
    assert standing_of("new", day) == []


def test_filling_twice_changes_nothing(filled):
    first = filled(DAYS[0])
    before = (AuditEvent.objects.count(), CreditEntry.objects.count(), list(User.objects.values_list("password", flat=True)))

    second = filled(DAYS[1])

    assert (first.made, second.made) == (True, False)
    assert (second.people, second.licenses, second.credits) == (first.people, first.licenses, first.credits)
    assert second.certificates == first.certificates == len(offered_courses()) > 0
    assert before == (
        AuditEvent.objects.count(),
        CreditEntry.objects.count(),
        list(User.objects.values_list("password", flat=True)),
    )


def test_a_database_with_anyone_else_in_it_is_left_alone(filled, clinician):
    with pytest.raises(RealPeopleError):
        filled(DAYS[0])
    assert list(User.objects.all()) == [clinician]
    assert not Approval.objects.exists()


def test_someone_who_came_later_is_not_joined_by_made_up_people(filled, make_user):
    filled(DAYS[0])
    make_user()
    with pytest.raises(RealPeopleError):
        filled(DAYS[0])


def test_a_run_that_breaks_off_leaves_nothing(filled, monkeypatch):
    def fail(**_: object) -> None:
        raise OSError

    monkeypatch.setattr("goodstanding.flows.demonstration.complete", fail)
    with pytest.raises(OSError):
        filled(DAYS[0])
    assert not User.objects.exists()


def test_everyone_and_everything_says_that_it_is_made_up(filled):
    filled(DAYS[0])
    for user in User.objects.select_related("profile"):
        assert user.email.endswith("demonstration@example.org")
        assert "Demonstration" in user.profile.legal_name
    assert all(entry.title.startswith("Demonstration course:") for entry in CreditEntry.objects.filter(completion=None))
    approval = Approval.objects.get()
    assert (approval.demonstration, approval.body_name) == (True, APPROVAL_BODY)
    assert "does not exist" in approval.body_name
    assert get_sponsor().name == "Demonstration sponsor"
    assert Certificate.objects.exists()
    for certificate in Certificate.objects.all():
        assert certificate.record["demonstration"] is True
        assert certificate.record["approvals"][0]["demonstration"] is True


def test_the_made_up_approval_makes_nothing_met(filled):
    filled(DAYS[0])
    user = User.objects.get(email__startswith="short.")
    awarded = CreditEntry.objects.filter(holder=get_holder(user), completion__isnull=False)
    assert awarded.count() == len(offered_courses()) > 0
    [license_] = standing_on(holder=get_holder(user), on=DAYS[0]).licenses
    judged = {credit.id: credit for credit in license_.evaluation.credits}
    for entry in awarded:
        assert entry.approvals == ["demonstration"]
        assert judged[str(entry.pk)].counted == 0
        assert judged[str(entry.pk)].why_not


@pytest.mark.parametrize("email", [ADMINISTRATOR[0], *(person.email for person in PEOPLE)])
def test_everyone_can_sign_in_and_every_page_says_demonstration(filled, client, email):
    filled(DAYS[0])
    response = client.post("/account/login/", {"login": email, "password": "a long enough word"})
    assert response.status_code == 302
    for address in ("/", "/courses/", "/standing/", "/licenses/", "/credits/", "/certificates/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "Demonstration. The people, licenses, credits and approvals here are made up." in response.content.decode()


def test_without_demonstration_no_page_says_so(client, db):
    assert "made up" not in client.get("/courses/").content.decode()


# The command


def goodstanding(*arguments: str, home, **environment: str) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GOODSTANDING_", "DJANGO_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "goodstanding.conf.cli", *arguments],
        env=clean | {"GOODSTANDING_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow_once
def test_the_command_fills_a_folder_of_its_own_and_says_how_to_sign_in(tmp_path):
    elsewhere = tmp_path / "real.sqlite3"

    first = goodstanding("demo", home=tmp_path / "state", DATABASE_URL=f"sqlite:///{elsewhere}")

    assert (first.returncode, first.stderr) == (0, "")
    demo = tmp_path / "state" / "demo"
    assert sorted(path.name for path in (tmp_path / "state").iterdir()) == ["demo"]
    assert not elsewhere.exists()
    sign_in = (demo / SIGN_IN).read_text(encoding="utf-8")
    assert sign_in.strip() in first.stdout
    assert all(person.email in first.stdout for person in PEOPLE)
    assert "goodstanding serve --demo" in first.stdout
    assert stat.S_IMODE((demo / SIGN_IN).stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.stat().st_mode) == 0o700

    second = goodstanding("demo", home=tmp_path / "state")

    assert second.returncode == 0
    assert "nothing was changed" in second.stdout
    assert (demo / SIGN_IN).read_text(encoding="utf-8") == sign_in

    (demo / SIGN_IN).unlink()
    third = goodstanding("demo", home=tmp_path / "state")
    assert third.returncode == 1
    assert f"no {SIGN_IN}" in third.stderr
    assert not (demo / SIGN_IN).exists()


@pytest.mark.slow_once
def test_a_folder_with_a_real_database_is_not_even_opened(tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    (real / "goodstanding.sqlite3").write_bytes(b"someone's credits")

    refused = goodstanding("demo", "--folder", str(real), home=tmp_path / "state")

    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert [path.name for path in real.iterdir()] == ["goodstanding.sqlite3"]
    assert (real / "goodstanding.sqlite3").read_bytes() == b"someone's credits"


@pytest.mark.slow_once
def test_a_folder_that_can_not_be_used_is_named_on_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    refused = goodstanding("demo", "--folder", str(blocked / "demo"), home=tmp_path / "state")

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert str(blocked) in refused.stderr


def test_the_day_of_filling_is_the_day_here(db, filled):
    # completed credits lie in the past of the person's own day, whatever the hour in UTC
    filled(timezone.localdate())
    assert not CreditEntry.objects.filter(completed__gt=timezone.localdate()).exists()
