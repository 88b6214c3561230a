"""
A copy of everything about a person, in one archive: asked for, made by a job, shown how far it is, kept for some days.

The archive is written to a nameless temporary file and then handed to the store, so neither is ever whole in memory and
nothing half-made is ever offered. A worker holds a lease on what it makes and renews it; once the lease of a killed worker
is over, the sweep has it made anew, from the beginning.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import tempfile
import uuid
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import resources
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from goodstanding.accounts.models import DataExport, User
from goodstanding.accounts.selectors import get_holder
from goodstanding.audit.services import Tag, record_event
from goodstanding.flows import export_tasks
from goodstanding.flows.export_contents import (
    FORMAT,
    VERSION,
    account_of,
    certificate_files,
    count_parts,
    lists_of,
    proof_files,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from goodstanding.accounts.models import Holder

__all__ = ["KEPT_FOR", "ExportNotFoundError", "latest_export", "make_export", "open_export", "request_export", "tend_exports"]

logger = logging.getLogger(__name__)

KEPT_FOR = dt.timedelta(days=3)
LEASE = dt.timedelta(minutes=5)
RENEW_EVERY = 25
"""So many parts are written between two notes of how far it is."""
MOST_ATTEMPTS = 5
HEAD_START = dt.timedelta(minutes=1)
"""The job of a new export gets this much time before the sweep takes it up."""
_PIECE = 1 << 20

READ_ME = """This is everything that Good Standing keeps about you.

data.json      all of it as data; schema.json says what each part is
certificates/  your certificates as they were issued
proofs/        the files that you uploaded as proofs of credits

Your notes, and the reasons you wrote in scenarios, are in data.json in clear. Keep this file to yourself.
"""


class ExportNotFoundError(Exception):
    """There is no such export for this person, or not any more."""


class _LostError(Exception):
    """Someone else makes this export now, or nobody is to."""


def latest_export(*, user: User) -> DataExport | None:
    """The export of this person that is running or was made last."""
    return DataExport.objects.filter(user=user).first()


@transaction.atomic
def request_export(*, user: User, at: dt.datetime) -> DataExport:
    """Have an export made. While one is being made, that one is the answer; one made before makes way for the new one."""
    User.objects.select_for_update().get(pk=user.pk)
    running = DataExport.objects.filter(user=user, ready_at=None, failed_at=None).first()
    if running is not None:
        return running
    for old in DataExport.objects.filter(user=user):
        _remove(old)
    export = DataExport.objects.create(user=user, requested_at=at)
    transaction.on_commit(partial(export_tasks.make.enqueue, str(export.pk)))
    record_event(tag=Tag.DATA_EXPORTED, actor=user, subject_kind="export", subject_id=export.pk)
    return export


def open_export(*, user: User, export_id: uuid.UUID, at: dt.datetime) -> tuple[DataExport, File[bytes]]:
    """The archive, for its owner alone; that it was taken is recorded. Raises ExportNotFoundError for everyone else."""
    export = DataExport.objects.filter(pk=export_id, user=user, ready_at__isnull=False, expires_at__gt=at).first()
    if export is None:
        raise ExportNotFoundError(export_id)
    try:
        file = default_storage.open(export.file, "rb")
    except FileNotFoundError as error:
        raise ExportNotFoundError(export_id) from error
    record_event(tag=Tag.DATA_DOWNLOADED, actor=user, subject_kind="export", subject_id=export.pk)
    return export, file


def make_export(*, export_id: uuid.UUID, clock: Callable[[], dt.datetime]) -> bool:
    """
    Make one export if nobody else is at it; whether it was made now.

    The claim is one conditional update, so of any number of workers one makes it. What fails is tried again later, up to
    :data:`MOST_ATTEMPTS` times; then it is given up and the page says so.
    """
    at = clock()
    mine = DataExport.objects.filter(Q(leased_until=None) | Q(leased_until__lte=at), pk=export_id, ready_at=None, failed_at=None)
    if not mine.update(leased_until=at + LEASE, attempts=F("attempts") + 1, done=0):
        return False
    export = DataExport.objects.select_related("user").get(pk=export_id)
    try:
        _make(export, clock)
    except _LostError:
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again and must not end the worker
        # only the kind: what went wrong may have the person's words in hand
        logger.error("The export %s failed (attempt %d): %s", export_id, export.attempts, type(error).__name__)  # noqa: TRY400
        given_up = {"failed_at": clock()} if export.attempts >= MOST_ATTEMPTS else {}
        _held(export).update(leased_until=clock() + LEASE, **given_up)
        return False
    return True


def tend_exports(*, at: dt.datetime) -> None:
    """Have made what nobody is making, and remove what was kept long enough. The worker calls it about once a minute."""
    waiting = DataExport.objects.filter(
        Q(leased_until=None, requested_at__lte=at - HEAD_START) | Q(leased_until__lte=at), ready_at=None, failed_at=None
    )
    for export_id in waiting.values_list("pk", flat=True):
        export_tasks.make.enqueue(str(export_id))
    for old in DataExport.objects.filter(Q(expires_at__lte=at) | Q(failed_at__lte=at - KEPT_FOR)):
        _remove(old)


def _remove(export: DataExport) -> None:
    """The file first: what is on no list any more nobody would remove."""
    if export.file:
        default_storage.delete(export.file)
    export.delete()


def _held(export: DataExport) -> QuerySet[DataExport]:
    return DataExport.objects.filter(pk=export.pk, attempts=export.attempts, ready_at=None, failed_at=None)


def _make(export: DataExport, clock: Callable[[], dt.datetime]) -> None:
    user, holder = export.user, get_holder(export.user)
    total = count_parts(user, holder)
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if done % RENEW_EVERY == 0:
            _note(export, clock, min(done, total), total)

    _note(export, clock, 0, total)
    with tempfile.TemporaryFile(dir=settings.HOME) as archive:
        _write(archive, user, holder, at=export.requested_at, step=step)
        size = archive.tell()
        digest = _sha256(archive)
        name = f"exports/{export.pk}.zip"
        if not _held(export).exists():
            raise _LostError
        default_storage.delete(name)  # what a killed worker may have left
        saved = default_storage.save(name, File(archive))
    ready = clock()
    kept = _held(export).update(
        file=saved, size=size, sha256=digest, done=total, total=total, ready_at=ready, expires_at=ready + KEPT_FOR
    )
    if not kept:
        default_storage.delete(saved)
        raise _LostError


def _note(export: DataExport, clock: Callable[[], dt.datetime], done: int, total: int) -> None:
    """Write down how far it is, and hold it for a while longer."""
    if not _held(export).update(done=done, total=total, leased_until=clock() + LEASE):
        raise _LostError


def _write(archive: IO[bytes], user: User, holder: Holder, *, at: dt.datetime, step: Callable[[], None]) -> None:
    schema = resources.files("goodstanding.flows").joinpath("export_schema.json").read_bytes()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as folder:
        folder.writestr("read-me.txt", READ_ME)
        folder.writestr("schema.json", schema)
        with folder.open(_dated("data.json", at), "w", force_zip64=True) as data:
            head = {"format": FORMAT, "version": VERSION, "made_at": at.astimezone(dt.UTC).isoformat()}
            data.write(f'{_json(head)[:-1]},\n"account":{_json(account_of(user, holder))}'.encode())
            step()
            for name, items in lists_of(user, holder):
                data.write(f',\n"{name}":['.encode())
                for number, (item, counts) in enumerate(items):
                    data.write(f"{',' if number else ''}\n{_json(item)}".encode())
                    if counts:
                        step()
                data.write(b"]")
            data.write(b"}\n")
        for path, pdf in certificate_files(holder):
            folder.writestr(path, pdf)
            step()
        for path, proof in proof_files(holder):
            with proof.file.open("rb") as source, folder.open(_dated(path, proof.added_at), "w", force_zip64=True) as target:
                while piece := source.read(_PIECE):
                    target.write(piece)
            step()


def _dated(name: str, at: dt.datetime) -> zipfile.ZipInfo:
    """A member of the archive that bears a day; without one it would be from 1980."""
    member = zipfile.ZipInfo(name, at.astimezone(dt.UTC).timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _sha256(archive: IO[bytes]) -> str:
    digest = hashlib.sha256()
    archive.seek(0)
    while piece := archive.read(_PIECE):
        digest.update(piece)
    archive.seek(0)
    return digest.hexdigest()
