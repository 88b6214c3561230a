"""What is in an installation before a drill: the demonstration, a proof, a private text, and what must never leave it."""

from __future__ import annotations

FILL = """
from pathlib import Path
from django.conf import settings
from goodstanding.flows.demonstration import fill
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
fill(password="a long enough word", content_root=settings.CONTENT_ROOT, at=timezone.now(), on=timezone.localdate())

from django.contrib.sessions.models import Session
from django.core.cache import cache
from goodstanding.learning.models import Enrollment
from goodstanding.learning.notes import save_note
from goodstanding.mailing.models import OutgoingMail
Session.objects.create(session_key="the-session-of-someone", session_data="x", expire_date=timezone.now())
cache.set("a-thing-in-the-cache", "the-content-of-the-cache")
OutgoingMail.objects.create(to="ada@example.org", subject="Reset", body="https://example.org/the-link-that-gives-access")
enrollment = Enrollment.objects.first()
section = enrollment.version.content["sections"][0]["id"]
save_note(enrollment=enrollment, section_id=section, note_id=uuid.uuid4(), text="For my eyes only.", at=timezone.now())
"""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

ENTER = f"""
import io
from django.core.files.base import ContentFile
from goodstanding.accounts.models import Holder
from goodstanding.credit.earned import EarnedCredit
from goodstanding.credit.services import enter_credit
from decimal import Decimal
PDF = {PDF!r}
holder = Holder.objects.filter(user__isnull=False, credit_entries__isnull=False).select_related("user").first()
entry = holder.credit_entries.filter(completion=None).first()

def enter(number):
    credit = EarnedCredit(
        title=f"Credit {{number}}", completed=entry.completed, amount=Decimal(1), format="asynchronous"
    )
    enter_credit(
        holder=holder, actor=holder.user, credit=credit, submission=uuid.uuid4(), at=timezone.now(), today=timezone.localdate(),
        proof=ContentFile(PDF + f"% {{number}}".encode(), name=f"proof {{number}}.pdf"),
    )
"""

WRITE_ON = (
    ENTER
    + """
import threading
done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
number = 0
while not done.is_set():
    number += 1
    enter(number)
    if number == 3:
        print("going", flush=True)
print(number, flush=True)
"""
)
"""Credits with proofs, one after the other, until its input ends; then how many."""
