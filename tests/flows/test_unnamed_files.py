"""Files that no row names are removed, and no other file is."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import signal
import uuid
from pathlib import Path

import boto3
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from moto import mock_aws

from goodstanding.accounts.models import Closure, DataExport
from goodstanding.conf.files import storage_of
from goodstanding.credit.models import CreditProof
from goodstanding.flows import unnamed_files
from goodstanding.flows.exporting import make_export, request_export
from goodstanding.flows.unnamed_files import MOST_AT_ONCE, OLD, SECOND_LOOK, UnnamedFiles
from tests.backup.filling import ENTER, FILL
from tests.backup.installation import installation
from tests.flows.person import live

HOUR = dt.timedelta(hours=1)


def store(name: str) -> str:
    return default_storage.save(name, ContentFile(b"left behind"))


def a_name(folder: str = "proofs", ending: str = ".pdf") -> str:
    return f"{folder}/{uuid.uuid4().hex}{ending}"


def look(*, after: dt.timedelta = OLD + HOUR, pause: float = SECOND_LOOK) -> int:
    """Two looks of one worker, so long after the files were stored."""
    files, at = UnnamedFiles(), timezone.now() + after
    assert files.tend(at=at, now=1000.0) == 0
    return files.tend(at=at, now=1000.0 + pause)


@pytest.fixture(params=["folder", "bucket"])
def own_store(request, tmp_path, monkeypatch, settings):
    """A store of its own, of either kind: other tests leave files behind on purpose."""
    with contextlib.ExitStack() as stack:
        if request.param == "bucket":
            for name, value in {"": "s3://uploads/of/this", "_REGION": "us-east-1", "_KEY": "key", "_SECRET": "secret"}.items():
                monkeypatch.setenv(f"GOODSTANDING_FILES{name}", value)
            stack.enter_context(mock_aws())
            boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="uploads")
        settings.STORAGES = {**settings.STORAGES, "default": storage_of(tmp_path / "files").setting}
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("own_store")
class TestOneLook:
    def test_an_old_file_without_a_row_goes_and_is_counted(self, caplog):
        caplog.set_level(logging.INFO)
        name = store(a_name())
        assert look() == 1
        assert not default_storage.exists(name)
        assert "1 files that no row names were removed" in caplog.text

    def test_a_young_file_stays(self):
        name = store(a_name())
        assert look(after=OLD - HOUR) == 0
        assert default_storage.exists(name)

    def test_every_file_that_a_row_names_stays(self, clinician, administrator):
        live(clinician, administrator)
        export = request_export(user=clinician, at=timezone.now())
        make_export(export_id=export.pk, clock=timezone.now)
        export.refresh_from_db()
        names = [export.file, *CreditProof.objects.values_list("file", flat=True)]
        stray = store(a_name("exports", ".zip"))
        assert look() == 1
        assert not default_storage.exists(stray)
        assert len(names) > 1
        assert all(default_storage.exists(name) for name in names)

    def test_what_is_about_to_be_named_or_removed_by_others_stays(self, clinician):
        export = DataExport.objects.create(user=clinician, requested_at=timezone.now())
        making, listed = store(f"exports/{export.pk}.zip"), store(a_name())
        Closure.objects.create(holder=clinician.holder, requested_at=timezone.now(), due_at=timezone.now(), files=[listed])
        assert look() == 0
        assert default_storage.exists(making)
        assert default_storage.exists(listed)

    @pytest.mark.parametrize(
        "name", ["proofs/letter.pdf", "elsewhere/0123456789abcdef0123456789abcdef.pdf", "0123456789abcdef0123456789abcdef.pdf"]
    )
    def test_what_the_product_did_not_store_stays(self, name):
        store(name)
        assert look() == 0
        assert default_storage.exists(name)

    def test_a_file_that_was_named_between_the_looks_stays(self, clinician, administrator):
        live(clinician, administrator)
        proof = CreditProof.objects.get()
        files, name, at = UnnamedFiles(), proof.file.name, timezone.now() + OLD + HOUR
        stray = store(a_name())
        found = unnamed_files._named
        try:
            unnamed_files._named = lambda: found() - {name}  # its upload has not committed yet, and the clock is wrong
            files.tend(at=at, now=0.0)
        finally:
            unnamed_files._named = found
        assert files.tend(at=at, now=SECOND_LOOK) == 1
        assert default_storage.exists(name)
        assert not default_storage.exists(stray)

    def test_nothing_goes_before_the_second_look(self):
        name = store(a_name())
        assert look(pause=SECOND_LOOK - 1) == 0
        assert default_storage.exists(name)

    def test_more_than_crashes_leave_behind_is_left_alone_and_told(self, caplog):
        names = [store(a_name()) for _ in range(MOST_AT_ONCE + 1)]
        assert look() == 0
        assert all(default_storage.exists(name) for name in names)
        assert "None was removed" in caplog.text
        default_storage.delete(names[0])
        cache.clear()
        assert look() == MOST_AT_ONCE

    def test_among_all_workers_one_looks_in_a_day(self):
        store(a_name())
        first, second, at = UnnamedFiles(), UnnamedFiles(), timezone.now() + OLD + HOUR
        for files in (first, second):
            files.tend(at=at, now=0.0)
        assert [files.tend(at=at, now=SECOND_LOOK) for files in (second, first)] == [0, 1]

    def test_a_look_that_failed_is_done_again(self, monkeypatch):
        store(a_name())
        files, at = UnnamedFiles(), timezone.now() + OLD + HOUR
        with monkeypatch.context() as away:
            away.setattr(unnamed_files, "_stored", lambda: (_ for _ in ()).throw(OSError("the store is away")))
            with pytest.raises(OSError, match="away"):
                files.tend(at=at, now=0.0)
        files.tend(at=at, now=60.0)
        assert files.tend(at=at, now=60.0 + SECOND_LOOK) == 1

    def test_a_store_without_any_file_yet_is_no_fault(self):
        assert look() == 0


KILLED = (
    ENTER
    + """
import os, signal
from goodstanding.credit import services
services.CreditProof.save = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)  # the file is stored, its row is not
print("going", flush=True)
enter(1)
"""
)
LOOK = """
from goodstanding.flows.unnamed_files import OLD, SECOND_LOOK, UnnamedFiles
files, at = UnnamedFiles(), timezone.now() + OLD
print(files.tend(at=at, now=0.0), files.tend(at=at, now=SECOND_LOOK))
"""


def test_what_a_killed_upload_left_behind_is_removed_and_nothing_else(tmp_path: Path) -> None:
    with installation(tmp_path) as place:
        place.run(FILL + ENTER + "enter(0)\n")
        killed = place.begin(KILLED)
        out, _ = killed.communicate(timeout=60)
        assert (killed.returncode, out) == (-signal.SIGKILL, "going\n")
        stored = {path.name: path for path in (place.state / "files" / "proofs").iterdir()}
        assert len(stored) == 2
        kept = place.digest()["proofs"]
        assert len(kept) == 1
        assert place.run(LOOK).split() == ["0", "1"]
        assert {f"proofs/{path.name}" for path in (place.state / "files" / "proofs").iterdir()} == set(kept)
        assert place.digest()["proofs"] == kept
