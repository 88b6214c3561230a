"""What people send twice, and what may be stored of it afterwards: as much as if it had been sent once."""

from __future__ import annotations

import base64
import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.concurrency.harness import Answer, Browser, Change, Deed, Server
from tests.learning.making import ANSWERS, SLUG
from tests.today import TODAY

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@dataclass(frozen=True)
class Situation:
    """
    Something that is sent. `begin` prepares a person and gives the form, or several where two tabs hold different ones.

    `leaves` is what one sending leaves, and all that several may leave.
    """

    name: str
    begin: Callable[[Server], list[Deed]]
    leaves: Change
    table: str = ""
    """Before writing to which table the requests meet, where that is not the first."""
    mails_again: bool = False
    """Whether sending it again mails the link again, unless a limit on mails keeps it back, which the harness makes forget."""


SITUATIONS: list[Situation] = []


def situation(
    name: str,
    *,
    rows: dict[str, int] | None = None,
    tags: dict[str, int] | None = None,
    marks: dict[str, int] | None = None,
    files: int = 0,
    table: str = "",
    mails_again: bool = False,
) -> Callable[[Callable[[Server], Deed | list[Deed]]], Callable[[Server], Deed | list[Deed]]]:
    """Enter a situation in the list."""

    def enter(begin: Callable[[Server], Deed | list[Deed]]) -> Callable[[Server], Deed | list[Deed]]:
        def prepared(server: Server) -> list[Deed]:
            deeds = begin(server)
            return deeds if isinstance(deeds, list) else [deeds]

        counted = {**(rows or {})}
        if tags:
            counted["audit.auditevent"] = sum(tags.values())
        change = Change(rows=counted, tags=tags or {}, marks=marks or {}, files=files)
        SITUATIONS.append(Situation(name, prepared, change, table, mails_again))
        return begin

    return enter


def named(name: str) -> Situation:
    return next(one for one in SITUATIONS if one.name == name)


def faults_after(
    server: Server, one: Situation, before: Mapping[str, Any], answers: Iterable[Answer], *, died: bool = False
) -> list[str]:
    """
    What is wrong after `one` was sent more than once: errors, or more or less stored than one sending leaves.

    Where the server `died` meanwhile, a mail may lack its job (the sweep delivers it), and a file may have been stored that
    no row names (it is not given out, and the next sending stores its own).
    """
    faults = [f"an answer with status {answer.status}" for answer in answers if answer.status not in _KIND]
    change = server.change_since(before)
    for part in ("rows", "tags", "marks", "files", "chain"):
        got, due = getattr(change, part), getattr(one.leaves, part)
        if died and part == "rows":
            got, due = ({name: number for name, number in rows.items() if name != _JOBS} for rows in (got, due))
        if died and part == "rows" and one.mails_again:
            got = {name: min(number, due[name]) if name == _MAILS else number for name, number in got.items()}
        if died and part == "files":
            got = min(got, due)
        if got != due:
            faults.append(f"{part}: {got} instead of {due}")
    return faults


_JOBS = "django_tasks_database.dbtaskresult"
_MAILS = "mailing.outgoingmail"
_KIND = {200, 302}
"""A page or a way on; anything else tells somebody that she did wrong who only clicked twice."""


# From the last answer to the certificate


def _test_page(someone: Browser) -> str:
    return f"/learn/{SLUG}/test/{someone['attempt']}/"


def _answers(someone: Browser, answer: str = "a") -> dict[str, str]:
    fields = re.findall(r'name="(answer-[^"]+)"', someone.get(_test_page(someone)).text)
    return dict.fromkeys(fields, answer)


@situation("the last answer")
def last_answer(server: Server) -> Deed:
    someone = server.person("testing")
    whole = someone.form(_test_page(someone), **_answers(someone))
    return Deed(someone, f"{_test_page(someone)}answers/", whole.fields, {}, whole.cookie, _test_page(someone))


@situation("handing in", marks={"tests handed in": 1, "tests passed": 1})
def handing_in(server: Server) -> Deed:
    someone = server.person("testing")
    return someone.form(_test_page(someone), **_answers(someone), hand_in="1")


@situation("handing in with other answers in another tab", marks={"tests handed in": 1, "tests passed": 1})
def handing_in_twice(server: Server) -> list[Deed]:
    # Whichever is first decides; here both pass, so that what is stored is the same.
    someone = server.person("testing")
    right = _answers(someone)
    almost = {**right, next(iter(right)): "b"}
    return [someone.form(_test_page(someone), **answers, hand_in="1") for answers in (right, almost)]


@situation("the evaluation", rows={"learning.courseevaluation": 1})
def evaluation(server: Server) -> Deed:
    return server.person("passed").form(f"/learn/{SLUG}/evaluation/", **ANSWERS)


@situation(
    "signing",
    rows={"learning.attestation": 1, "learning.completion": 1, "credit.creditentry": 1, "credit.certificate": 1},
    tags={"learning:enrollment:completed": 1, "credit:entry:entered": 1, "certificate:record:issued": 1},
)
def signing(server: Server) -> Deed:
    return server.person("evaluated").form(f"/learn/{SLUG}/attestation/", signed_name="Ada Example")


@situation(
    "signing while a credit is entered in another tab",
    rows={"learning.attestation": 1, "learning.completion": 1, "credit.creditentry": 2, "credit.certificate": 1},
    tags={"learning:enrollment:completed": 1, "credit:entry:entered": 2, "certificate:record:issued": 1},
    table="credit_creditentry",
)
def signing_and_entering(server: Server) -> list[Deed]:
    signing_ = signing(server)
    assert isinstance(signing_, Deed)
    return [signing_, _credit_form(signing_.browser, "/credits/add/", "Ethics and telehealth")]


# Before that


@situation("starting a course", rows={"learning.enrollment": 1}, tags={"learning:enrollment:started": 1})
def starting(server: Server) -> Deed:
    return server.person("new").form(f"/courses/{SLUG}/", f"/learn/{SLUG}/")


@situation("starting the test", rows={"learning.posttestattempt": 1})
def starting_test(server: Server) -> Deed:
    return server.person("studied").form(f"/learn/{SLUG}/test/")


# Licenses


def _license_form(someone: Browser, number: str) -> Deed:
    return someone.form(
        "/licenses/add/", type=someone["type"], number=number, issued="2015-05-10", status="active", renewals="3",
        period_end=(TODAY + dt.timedelta(days=200)).isoformat(),
    )  # fmt: skip


_LICENSE = {"licensing.license": 1, "licensing.licenseperiod": 1, "licensing.licensechange": 1}


@situation("adding a license", rows=_LICENSE, tags={"license:record:added": 1}, marks={"renewals": 3})
def adding_license(server: Server) -> Deed:
    return _license_form(server.person(), "LPCC 1234")


@situation("adding the same license in two tabs", rows=_LICENSE, tags={"license:record:added": 1}, marks={"renewals": 3})
def adding_license_twice(server: Server) -> list[Deed]:
    someone = server.person()
    return [_license_form(someone, number) for number in ("LPCC 1234", "lpcc-1234")]


def _of_license(someone: Browser, rest: str = "") -> str:
    return f"/licenses/{someone['license']}/{rest}"


@situation("changing a license", rows={"licensing.licensechange": 1}, tags={"license:record:changed": 1})
def changing_license(server: Server) -> Deed:
    someone = server.person("licensed")
    return someone.form(_of_license(someone, "edit/"), number="LPCC 77")


@situation(
    "recording a renewal",
    rows={"licensing.licenseperiod": 1, "licensing.licensechange": 1},
    tags={"license:record:changed": 1},
    marks={"renewals": 1},
)
def renewing(server: Server) -> Deed:
    someone = server.person("licensed")
    return someone.form(_of_license(someone, "renew/"))


@situation(
    "taking a renewal back",
    rows={"licensing.licenseperiod": -1, "licensing.licensechange": 1},
    tags={"license:record:changed": 1},
    marks={"renewals": -1},
)
def undoing_renewal(server: Server) -> Deed:
    someone = server.person("renewed")
    page = someone.get(_of_license(someone)).text
    found = re.search(r'action="([^"]+/renewals/[^"]+/undo/)"', page)
    assert found
    return someone.form(_of_license(someone), found[1])


@situation(
    "removing a license", rows={"licensing.licensechange": 1}, tags={"license:record:removed": 1}, marks={"licenses removed": 1}
)
def removing_license(server: Server) -> Deed:
    someone = server.person("licensed")
    return someone.form(_of_license(someone, "remove/"))


@situation(
    "restoring a license",
    rows={"licensing.licensechange": 1},
    tags={"license:record:restored": 1},
    marks={"licenses removed": -1},
)
def restoring_license(server: Server) -> Deed:
    someone = server.person("removed")
    return someone.form("/licenses/removed/", _of_license(someone, "restore/"))


@situation(
    "answering questions of a rule",
    rows={"licensing.licensefact": 1, "licensing.licensechange": 1},
    tags={"license:record:changed": 1},
)
def answering(server: Server) -> Deed:
    someone = server.person("licensed")
    page = _of_license(someone, "questions/")
    name = re.findall(r'<input[^>]+type="radio"[^>]+name="(\w+)"|name="(\w+)"[^>]+type="radio"', someone.get(page).text)
    first = next(a or b for a, b in name)
    return someone.form(page, **{first: "no"})


@situation(
    "confirming a question",
    rows={"licensing.confirmation": 1, "licensing.licensechange": 1},
    tags={"license:question:confirmed": 1},
)
def confirming(server: Server) -> Deed:
    someone = server.person("licensed")
    found = re.search(r'href="(/standing/[^"]+/confirm/)"', someone.get(f"/standing/{someone['license']}/").text)
    assert found
    return someone.form(found[1], confirmed_on=TODAY.isoformat(), note="I asked my board.")


# Credits from elsewhere


def _credit_form(someone: Browser, page: str, title: str, *, proof: bool = False) -> Deed:
    files = {"proof": ("certificate.png", PICTURE)} if proof else None
    return someone.form(
        page, files=files, title=title, completed=(TODAY - dt.timedelta(days=9)).isoformat(), amount="6",
        format="live_online", approvals="unknown",
    )  # fmt: skip


@situation("entering a credit", rows={"credit.creditentry": 1}, tags={"credit:entry:entered": 1})
def entering(server: Server) -> Deed:
    return _credit_form(server.person(), "/credits/add/", "Ethics and telehealth")


@situation(
    "entering a credit with its proof",
    rows={"credit.creditentry": 1, "credit.creditproof": 1},
    tags={"credit:entry:entered": 1, "credit:proof:added": 1},
    files=1,
)
def entering_with_proof(server: Server) -> Deed:
    return _credit_form(server.person(), "/credits/add/", "Ethics and telehealth", proof=True)


def _of_entry(someone: Browser, rest: str = "") -> str:
    return f"/credits/{someone['entry']}/{rest}"


@situation("correcting a credit", rows={"credit.creditentry": 1}, tags={"credit:entry:corrected": 1})
def correcting(server: Server) -> Deed:
    someone = server.person("credited")
    return _credit_form(someone, _of_entry(someone, "correct/"), "Another title")


@situation("correcting a credit in two tabs", rows={"credit.creditentry": 1}, tags={"credit:entry:corrected": 1})
def correcting_twice(server: Server) -> list[Deed]:
    someone = server.person("credited")
    return [_credit_form(someone, _of_entry(someone, "correct/"), title) for title in ("One title", "Another title")]


@situation("adding a proof", rows={"credit.creditproof": 1}, tags={"credit:proof:added": 1}, files=1)
def proving(server: Server) -> Deed:
    someone = server.person("credited")
    return someone.form(_of_entry(someone), _of_entry(someone, "proof/"), files={"proof": ("certificate.png", PICTURE)})


@situation("withdrawing a credit", rows={"credit.creditwithdrawal": 1}, tags={"credit:entry:withdrawn": 1})
def withdrawing(server: Server) -> Deed:
    someone = server.person("credited")
    return someone.form(_of_entry(someone, "withdraw/"))


@situation("restoring a credit", rows={"credit.creditwithdrawal": 1}, tags={"credit:entry:restored": 1})
def restoring(server: Server) -> Deed:
    someone = server.person("credited")
    someone.form(_of_entry(someone, "withdraw/")).send()
    return someone.form(_of_entry(someone), _of_entry(someone, "restore/"))


# Requests, and what staff do


def _sponsor_with_mail(server: Server) -> None:
    if "sponsor" not in server.prepared:
        server.person(role="administrator").form("/staff/sponsor/", email="sponsor@example.org").send()
        server.prepared.add("sponsor")


@situation(
    "a request to staff",
    rows={"learning.staffrequest": 1, "mailing.outgoingmail": 1, "django_tasks_database.dbtaskresult": 1},
    tags={"learning:request:sent": 1},
)
def asking(server: Server) -> Deed:
    server.person("new")
    _sponsor_with_mail(server)
    return server.stranger().form(
        f"/courses/{SLUG}/contact/", kind="question", text="Is there a transcript?", reply_to="ada@example.org"
    )


@situation("answering a request", tags={"learning:request:answered": 1}, marks={"requests answered": 1})
def answering_request(server: Server) -> Deed:
    asked = asking(server)
    assert isinstance(asked, Deed)
    asked.send()
    found = dict(asked.fields)["request_id"]
    return server.person(role="administrator").form(f"/staff/requests/{found}/")


@situation("the sponsor's profile", tags={"sponsor:profile:changed": 1})
def sponsor(server: Server) -> Deed:
    _sponsor_with_mail(server)
    staff = server.person(role="administrator")
    return staff.form("/staff/sponsor/", name=f"Institute {uuid.uuid4().hex[:6]}")


def _approval_form(server: Server) -> Deed:
    return server.person(role="administrator").form(
        "/staff/approvals/record/", files={"evidence": ("letter.png", PICTURE)}, body="other", body_name="Example body",
        number="7", formats="live_online", valid_from="2026-01-01", valid_to="2027-01-01", statement="Approved, for tests.",
    )  # fmt: skip


@situation("recording an approval", rows={"catalog.approval": 1}, tags={"sponsor:approval:recorded": 1}, files=1)
def approving(server: Server) -> Deed:
    return _approval_form(server)


@situation("withdrawing an approval", tags={"sponsor:approval:withdrawn": 1}, marks={"approvals withdrawn": 1})
def disapproving(server: Server) -> Deed:
    form = _approval_form(server)
    page = form.send().to
    return form.browser.form(f"{page}withdraw/", withdrawn_from="2026-11-01", reason="It ended early.")


@situation("withdrawing a course", tags={"course:availability:withdrawn": 1}, marks={"courses withdrawn": 1})
def withdrawing_course(server: Server) -> Deed:
    server.person("new")
    return server.person(role="administrator").form(f"/staff/courses/{SLUG}/withdraw/")


@situation("offering a course again", tags={"course:availability:offered": 1}, marks={"courses withdrawn": -1})
def offering_course(server: Server) -> Deed:
    deed = withdrawing_course(server)
    assert isinstance(deed, Deed)
    deed.send()
    return deed.browser.form(f"/staff/courses/{SLUG}/", f"/staff/courses/{SLUG}/offer/")


def _signature(staff: Browser, what: str, name: str, **more: str) -> Deed:
    page = f"/staff/hours/{staff['slug']}/1/{what}/"
    return staff.form(page, name=name, credentials="PhD", discipline="psychology", step="sign", signs="on", **more)


def _rating(staff: Browser, name: str) -> Deed:
    return _signature(staff, "rate", name, difficulty="3", note="It asks for judgment.")


@situation("rating a course", rows={"catalog.basissignature": 1}, tags={"course:basis:rated": 1})
def rating(server: Server) -> Deed:
    return _rating(server.person("version", "administrator"), "Ann One")


@situation("approving the hours of a course", rows={"catalog.basissignature": 1}, tags={"course:basis:approved": 1})
def approving_hours(server: Server) -> Deed:
    staff = server.person("version", "administrator")
    for name in ("Ann One", "Bea Two"):
        _rating(staff, name).send()
    return _signature(staff, "approve", "Cas Three")


@situation("withdrawing a signature", rows={"catalog.basissignature": 1}, tags={"course:basis:signature-withdrawn": 1})
def withdrawing_signature(server: Server) -> Deed:
    staff = server.person("version", "administrator")
    _rating(staff, "Ann One").send()
    found = re.search(r'href="([^"]+/withdraw/)"', staff.get(f"/staff/hours/{staff['slug']}/1/").text)
    assert found
    return staff.form(found[1], reason="She asked for it.")


@situation("revoking a certificate", rows={"credit.certificaterevocation": 1}, tags={"certificate:record:revoked": 1})
def revoking(server: Server) -> Deed:
    signed = signing(server)
    assert isinstance(signed, Deed)
    signed.send()
    found = re.search(r"/certificates/([^/\"]+)\.pdf", signed.browser.get("/certificates/").text)
    assert found
    staff = server.person(role="administrator")
    asked = staff.form(f"/staff/certificates/{found[1]}/revoke/", reason="Issued by mistake.")
    return replace(asked, fields=(*asked.fields, ("step", "sure")))


# The account


@situation("the profile", tags={"account:profile:changed": 1})
def profile(server: Server) -> Deed:
    return server.person().form("/account/", legal_name="Ade Example")


@situation(
    "signing up",
    rows={
        "accounts.user": 1, "accounts.holder": 1, "accounts.profile": 1, "accounts.personword": 5, "accounts.termsacceptance": 1,
        "account.emailaddress": 1, "mailing.outgoingmail": 1, "django_tasks_database.dbtaskresult": 1,
    },
    tags={"account:terms:accepted": 1}, mails_again=True,
)  # fmt: skip
def signing_up(server: Server) -> Deed:
    return server.stranger().form(
        "/account/signup/", email=f"{uuid.uuid4().hex[:10]}@example.org", password1="seven quiet herons", terms="on",
        legal_name="Una Newcomer",
    )  # fmt: skip


@situation(
    "changing the e-mail address",
    rows={"account.emailaddress": 1, "mailing.outgoingmail": 1, "django_tasks_database.dbtaskresult": 1},
)
def changing_email(server: Server) -> Deed:
    return server.person().form("/account/email/", email=f"{uuid.uuid4().hex[:10]}@example.org", action_add="1")


@situation("changing the password", rows={"mailing.outgoingmail": 1, "django_tasks_database.dbtaskresult": 1})
def changing_password(server: Server) -> Deed:
    return server.person().form("/account/password/change/", oldpassword="seven quiet herons", password1="eight quiet herons")


@situation(
    "asking to delete the account",
    rows={"accounts.closure": 1, "mailing.outgoingmail": 1, "django_tasks_database.dbtaskresult": 1},
    tags={"account:closure:requested": 1},
)
def leaving(server: Server) -> Deed:
    return server.person().form("/account/delete/confirm/")


@situation("signing out")
def signing_out(server: Server) -> Deed:
    return server.person().form("/account/logout/")


# Everything


def busy(server: Server) -> tuple[list[Deed], Change]:
    """Many forms of one person, and what they leave together."""
    someone = server.person("busy")
    renamed = someone.form(_of_license(someone, "edit/"), number="LPCC 77")
    found = re.search(r'href="(/standing/[^"]+/confirm/)"', someone.get(f"/standing/{someone['license']}/").text)
    assert found
    tabs = {
        "signing": someone.form(f"/learn/{SLUG}/attestation/", signed_name="Ada Example"),
        "entering a credit": _credit_form(someone, "/credits/add/", "Ethics and telehealth"),
        "correcting a credit": _credit_form(someone, _of_entry(someone, "correct/"), "Another title"),
        "adding a license": _license_form(someone, "LPCC 4321"),
        "changing a license": renamed,
        "confirming a question": someone.form(found[1], confirmed_on=TODAY.isoformat(), note="I asked my board."),
        "the profile": someone.form("/account/", professions="psychologist"),
    }
    parts = [named(name).leaves for name in tabs]
    rows, tags, marks = (
        dict(sum((Counter(getattr(part, name)) for part in parts), Counter())) for name in ("rows", "tags", "marks")
    )
    return list(tabs.values()), Change(rows=rows, tags=tags, marks=marks)
