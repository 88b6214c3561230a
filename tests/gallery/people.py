"""
Adds to a demonstration who shows what it has not: ten licenses, names without end, one of everything, somebody of every role.

Run in a process of its own: ``python -m tests.gallery.people FOLDER`` prints, as JSON, the address of every page, and for every
person the cookie of a sign-in.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import time
import uuid
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.conf import environment

if TYPE_CHECKING:
    from tests.permissions.world import World

LONG_NAME = "Maximiliana-Theodora Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh von und zu Oberammergau-Llanfairpwllgwyngyll, PhD, LMFT, LPCC"
LONG_TITLE = (
    "Documentation, informed consent, mandated reporting, telesupervision and counter-transference-informed record-keeping in rural "
    "interdisciplinary outpatient settings: an advanced practicum with cases"
)
LICENSES = [
    ("us/ca/lpcc", "counselor", "LPCC"),
    ("us/ca/lcsw", "social_worker", "LCSW"),
    ("us/fl/lmft", "mft", "LMFT"),
    ("us/in/lmft", "mft", "LMFT"),
    ("us/in/psychologist", "psychologist", "psychologist without HSPP endorsement"),
    ("us/mi/lpc", "counselor", "LPC"),
    ("us/ny/lmft", "mft", "LMFT"),
    ("us/tx/psychologist", "psychologist", "psychologist"),
    ("us/tx/lmft", "mft", "LMFT"),
]
CREDITS = 60


def main(folder: Path) -> None:
    environment.live_in(folder)
    environment.enter_demonstration()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    import django

    django.setup()
    from goodstanding.accounts.models import User
    from goodstanding.flows.demonstration import ADMINISTRATOR, PEOPLE
    from tests.gallery.pages import TABLE
    from tests.permissions.world import PASSWORD, World

    world = World()
    crowd(world)
    cookies = {role: cookie_of(user) for role, user in world.people.items()}
    for email in (ADMINISTRATOR[0], *(person.email for person in PEOPLE)):
        cookies[email.split(".")[0]] = cookie_of(User.objects.get(email=email))
    addresses = {name: address_of(name, world) for name in TABLE}
    print(json.dumps({"addresses": addresses, "cookies": cookies, "password": PASSWORD}))


def address_of(name: str, world: World) -> str:
    """The address of a page; where it takes a key from a mail, one that works, which a sign-in would spoil."""
    from allauth.account.forms import default_token_generator
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    owner = world.people["owner"]
    if name == "account_confirm_email":
        return reverse(name, args=[EmailConfirmationHMAC(EmailAddress.objects.get(user=owner, verified=False)).key])
    if name == "account_reset_password_from_key":
        owner.refresh_from_db()
        return reverse(name, args=[user_pk_to_url_str(owner), default_token_generator.make_token(owner)])
    return world.address(name)


def cookie_of(user: object) -> str:
    """A sign-in of this person that has just confirmed its password."""
    from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as USER_OF_THEM
    from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time() + 3600, "reauthenticated": True}]
    session[USER_OF_THEM] = str(user.pk)
    session.save()
    return str(session.session_key)


def crowd(world: World) -> None:
    """Give the owner long names, ten licenses and a ledger of pages; give the addresses keys that work."""
    from allauth.account.models import EmailAddress
    from django.utils import timezone

    from goodstanding.accounts.models import BrowserSession, Profile
    from goodstanding.accounts.recovery_codes import make_codes
    from goodstanding.catalog.signing import rate_difficulty
    from goodstanding.core.courseware.signatures import RATING_STEPS, Signer
    from goodstanding.credit.earned import EarnedCredit, EarnedPart
    from goodstanding.credit.services import enter_credit
    from goodstanding.learning.models import Enrollment
    from goodstanding.learning.notes import save_note
    from goodstanding.licensing.services import add_license

    now, today = timezone.now(), timezone.localdate()
    owner = world.people["owner"]
    Profile.objects.filter(user=owner).update(legal_name=LONG_NAME)
    owner.refresh_from_db()
    for number, (rule, profession, kind) in enumerate(LICENSES):
        add_license(
            holder=owner.holder, actor=owner, rule=rule, profession=profession, license_type=kind, number=f"{1234567890123456 + number}-TEMP",
            issued=dt.date(2019, 5, 10), period_end=today + dt.timedelta(days=40 + 61 * number), renewals=3, at=now, submission=uuid.uuid4(),
        )  # fmt: skip
    for number in range(CREDITS):
        title = LONG_TITLE if number % 3 == 0 else f"Supervision and ethics, part {number}"
        enter_credit(
            holder=owner.holder, actor=owner, at=now, today=today, submission=uuid.uuid4(),
            credit=EarnedCredit(
                title=title, completed=today - dt.timedelta(days=9 * number), amount=Decimal(number % 7 + 1),
                unit="hour", format="asynchronous", parts=(EarnedPart(amount=Decimal(1), topics=("ethics",)),),
            ),
        )  # fmt: skip
    enrollment = Enrollment.objects.filter(holder=owner.holder).latest("pk")
    for number in range(6):
        text = f"{LONG_TITLE}. " * (number + 1)
        save_note(enrollment=enrollment, note_id=uuid.uuid4(), section_id=world.arguments["section_id"], text=text, at=now)
    for number in range(5):
        BrowserSession.objects.create(
            user=owner, session_key=f"{number}" * 32, device="Safari on an iPhone", began_at=now, seen_at=now
        )
    make_codes(user=owner, replaces="")
    EmailAddress.objects.create(user=owner, email=f"{'maximiliana.theodora.' * 6}w@a-practice-with-a-long-name.example.org")
    signature = rate_difficulty(
        actor=world.people["administrator"], slug=world.arguments["slug"], number=1, difficulty=RATING_STEPS[0],
        note=LONG_TITLE, at=now, submission=uuid.uuid4(),
        signer=Signer(name=LONG_NAME[:110], credentials="PhD, LMFT, LPCC, LCSW", discipline="counseling"),
    )  # fmt: skip
    world.arguments |= {"signature_id": signature.pk}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
