"""
Fills a database with many made-up learners, by multiplying one whom the services made.

Each row is a copy of one of hers with other ids, so it looks as the product writes it whatever columns a table has. Ids come
from hashes of a running number: the same on every run, and as scattered as real ones. Certificates hold a few bytes instead of
a document, and audit records only look like a chain. Names and addresses say that nobody is behind them.
"""

from __future__ import annotations

import hashlib
import json
import sys

LEARNERS, CREDITS_EACH, EVENTS_EACH = 100_000, 10, 5


def main() -> None:
    import django

    django.setup()

    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.test import Client
    from django.utils import timezone

    from bench import _learner
    from goodstanding.accounts.models import Role
    from goodstanding.credit.models import CreditEntry
    from goodstanding.flows.demonstration import walk_course

    at = timezone.now()
    user = _learner.make()
    short = next(slug for slug in _slugs() if slug != _learner.SLUG)
    certificate = walk_course(holder=user.holder, slug=short, signed_name="Bench Example", at=at, on=at.date())
    people = int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS
    if people:
        multiply_all(user, certificate, people)
    staff = _learner.clinician("staff.bench@example.org")
    staff.role = Role.ADMINISTRATOR
    staff.save()
    TOTP.activate(staff, generate_totp_secret())  # staff sign in with a second step
    sessions = {}
    for name, who in (("learner", user), ("staff", staff)):
        client = Client(SERVER_NAME="localhost")
        client.force_login(who)
        sessions[name] = client.cookies["sessionid"].value
    learners = {
        **_learner.pages_of(user),
        "credits": "/credits/",
        "learn": "/learn/",
        "certificates": "/certificates/",
        "verify": f"/verify/{certificate.number}/",
    }
    staffs = {
        "staff people": "/staff/people/?q=bench@example",
        "staff common": "/staff/people/?q=exam+org",  # one word that everyone in the grown database has, and one that few have
        "staff commons": "/staff/people/?q=example",  # all have it
        "staff person": f"/staff/people/{user.pk}/",
        "staff audit": "/staff/audit/",
    }
    answer = {"sessions": sessions, "learner": learners, "staff": staffs, "credits": CreditEntry.objects.count()}
    print(json.dumps(answer))


def _slugs() -> list[str]:
    from goodstanding.catalog.models import Course

    return list(Course.objects.values_list("slug", flat=True))


def multiply_all(user, certificate, people: int, *, credits_each: int = CREDITS_EACH, events_each: int = EVENTS_EACH) -> None:
    """`people` more like `user`, each with a license, an enrollment, a certificate, credits and audit records."""
    from allauth.account.models import EmailAddress
    from django.db import connection

    from goodstanding.accounts.models import Holder, Profile, User
    from goodstanding.audit.models import AuditEvent
    from goodstanding.credit.models import Certificate, CreditEntry
    from goodstanding.learning.models import Completion, Enrollment, SectionVisit
    from goodstanding.licensing.models import License, LicensePeriod

    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.create_function("md5", 1, lambda text: hashlib.md5(text.encode()).hexdigest(), deterministic=True)
    owner, entry_of = f"((n - 1) % {people} + 1)", f"(n * {credits_each})"
    who = {"holder_id": _id("holder", owner)}
    _multiply(User, user.pk, people, {"id": _id("user"), "email": "'learner' || n || '@population.example'"})
    _multiply(Holder, user.holder.pk, people, {"id": _id("holder"), "user_id": _id("user")})
    _multiply(Profile, user.pk, people, {"user_id": _id("user"), "legal_name": "'Synthetic Learner ' || n"})
    _multiply_words(user, people)
    if address := EmailAddress.objects.filter(user=user).first():
        _multiply(EmailAddress, address.pk, people, {"user_id": _id("user"), "email": "'learner' || n || '@population.example'"})
    license_ = License.objects.filter(holder=user.holder).order_by("created_at")[0]
    _multiply(License, license_.pk, people, {"id": _id("license"), **who})
    _multiply(LicensePeriod, license_.periods.order_by("end")[0].pk, people, {"license_id": _id("license")})
    entries = CreditEntry.objects.filter(holder=user.holder, completion=None)
    own = {
        "id": _id("entry"),
        "submission": _id("submission"),
        "title": "'Synthetic course ' || (n % 977)",
        "completed": _day("n"),
        **who,
    }
    _multiply(CreditEntry, entries[0].pk, people * credits_each, own)
    few = {"pdf": "x'25504446'" if connection.vendor == "sqlite" else r"'\x25504446'::bytea"}
    of = {"entry_id": _id("entry", entry_of), "holder_id": _id("holder", f"(({entry_of} - 1) % {people} + 1)")}
    numbers = {"number": "'SYNTHETIC-' || n", "pdf_sha256": "md5('pdf' || n) || md5('sha' || n)"}
    _multiply(Certificate, certificate.pk, people, {**few, **of, **numbers})
    enrollment = Enrollment.objects.filter(holder=user.holder).order_by("started_at")[0]
    _multiply(Enrollment, enrollment.pk, people, {"id": _id("enrollment"), **who})
    _multiply(
        Completion, Completion.objects.filter(enrollment__holder=user.holder)[0].pk, people, {"enrollment_id": _id("enrollment")}
    )
    visit = SectionVisit.objects.filter(enrollment=enrollment)[0]
    _multiply(SectionVisit, visit.pk, people, {"enrollment_id": _id("enrollment")})
    event = AuditEvent.objects.order_by("-number")[0]
    ours = {"number": "10000000 + n", "subject_id": f"{_text(_id('subject', owner))}", "hash": "md5('a' || n) || md5('b' || n)"}
    _multiply(AuditEvent, event.pk, people * events_each, ours)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply_words(user, people: int) -> None:
    """The words by which staff find each of them, which depend on the name and the address."""
    from django.db import connection

    from goodstanding.accounts.models import PersonWord
    from goodstanding.accounts.words import words_of

    number = "4711"  # stands for that of each
    for word in sorted(words_of(legal_name=f"Synthetic Learner {number}", email=f"learner{number}@population.example")):
        text = " || ".join(["''", *(f"'{part}' || n" for part in word.split(number)[:-1]), f"'{word.split(number)[-1]}'"])
        data = f"CAST({text} AS BLOB)" if connection.vendor == "sqlite" else f"convert_to({text}, 'UTF8')"
        own = {"user_id": _id("user"), "word": data}
        _multiply(PersonWord, user.words.order_by("pk").values_list("pk", flat=True)[0], people, own)


def _multiply(model, template, count: int, own: dict[str, str]) -> None:
    """`count` copies of the row `template`, numbered n from 1; `own` gives what differs, by column, as SQL."""
    from django.db import connection, models, transaction

    options = model._meta  # noqa: SLF001 - documented by Django
    table, key, quoted = options.db_table, options.pk, connection.ops.quote_name
    # What the database numbers by itself it numbers here too.
    columns = [field.column for field in options.concrete_fields if not isinstance(field, models.AutoField | models.BigAutoField)]
    assert set(own) <= set(columns), (table, set(own) - set(columns))
    picked = ", ".join(own.get(column) or f"s.{quoted(column)}" for column in columns).replace("%", "%%")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, columns))}) "
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s) "
            f"SELECT {picked} FROM {quoted(table)} AS s, numbers WHERE s.{quoted(key.column)} = %s",
            [count, key.get_db_prep_value(template, connection)],
        )


def _id(kind: str, number: str = "n") -> str:
    from django.db import connection

    return f"md5('{kind}' || {number})" + ("::uuid" if connection.vendor == "postgresql" else "")


def _text(expression: str) -> str:
    return f"CAST({expression} AS text)"


def _day(number: str) -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        return f"date('2024-01-01', '+' || ({number} % 900) || ' days')"
    return f"(date '2024-01-01' + ({number} % 900)::int)"


if __name__ == "__main__":
    main()
