"""
The file of a backup: a ZIP archive that any tool opens, sealed so that any changed byte shows.

Its last member, ``manifest.json``, says what the others are, with the SHA-256 and size of each. The archive's comment ends with the
SHA-256 of everything before it, so a flipped bit, a cut end or a member taken out is noticed before a single byte is used. This
guards against accidents; whoever can write the file can also seal it anew, so keep it where only you can write.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Literal

from pydantic import Field, ValidationError

from goodstanding.conf.backup.errors import BackupError, DamagedBackupError, UnfitBackupError
from goodstanding.core.documents import Strict

__all__ = ["DATABASE_MEMBER", "FORMAT", "Manifest", "Member", "Reader", "Writer", "open_backup", "sync_folder", "working_folder"]

FORMAT = 1
DATABASE_MEMBER = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILES = "files/"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 200 * 1024 * 1024
_SEAL = b"goodstanding backup, SHA-256 of all before: "
_DIGEST = 64
_PIECE = 1 << 20
_WORKING = ".goodstanding-"
_LOCK = "in-work"
_JUST_MADE = 60
"""Seconds after which a folder without a lock was not just made by a process that is about to take it."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Member(Strict):
    """One file of the archive."""

    name: str
    size: int
    sha256: Sha256


class Manifest(Strict):
    """What the archive holds, and of what state it is."""

    format: Literal[1]
    product: str  # the version that wrote it
    made_at: dt.datetime
    database: Literal["sqlite", "postgresql"]
    demonstration: bool
    migrations: tuple[tuple[str, str], ...]  # applied, as (app, name)
    rows: dict[str, int]  # of each table, as stored here
    left_out: tuple[str, ...]  # tables that were emptied, see database.py
    private_keys: tuple[str, ...]  # names of the keys that seal what is stored; no key
    members: tuple[Member, ...]
    missing_files: tuple[str, ...]  # named by a row, and not in the file store when the backup was made

    @property
    def files(self) -> dict[str, Member]:
        """The members that belong into the file store, by their names there."""
        return {member.name.removeprefix(FILES): member for member in self.members if member.name.startswith(FILES)}

    @property
    def database_member(self) -> Member:
        wanted = DATABASE_MEMBER[self.database]
        return next(member for member in self.members if member.name == wanted)


class Writer:
    """Adds members to the archive that :meth:`create` began, and seals it with the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.members: list[Member] = []

    @classmethod
    @contextlib.contextmanager
    def create(cls, target: Path, folder: Path) -> Iterator[Writer]:
        """
        An archive that stands under the name `target` once it is whole and on the disk, and not at all otherwise.

        It is written in `folder`, which must be on the same file system.
        """
        part = folder / "backup.zip"
        with _private(part) as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                archive.comment = _SEAL + b"0" * _DIGEST
                yield cls(archive)
            raw.flush()
            raw.seek(0)
            digest = _digest(raw, raw.seek(0, os.SEEK_END) - _DIGEST)
            raw.seek(-_DIGEST, os.SEEK_END)
            raw.write(digest.encode("ascii"))
            raw.flush()
            os.fsync(raw.fileno())
        if target.exists():
            raise BackupError(f"{target} has come to exist meanwhile and was left as it is")
        part.rename(target)
        sync_folder(target.parent)

    def add(self, name: str, source: IO[bytes], *, compress: bool = True) -> Member:
        """Add what `source` holds as `name`; returns its entry in the manifest."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        hashing, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as member:
            while piece := source.read(_PIECE):
                hashing.update(piece)
                size += len(piece)
                member.write(piece)
        self.members.append(Member(name=name, size=size, sha256=hashing.hexdigest()))
        return self.members[-1]

    def add_file(self, name: str, source: IO[bytes]) -> Member:
        """Add a file of the file store. Most are compressed by their kind already."""
        return self.add(f"{FILES}{name}", source, compress=False)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest; nothing may be added afterwards."""
        text = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False)
        self._archive.writestr(MANIFEST, text)


class Reader:
    """A backup whose seal and members were checked."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def extract(self, member: Member, to: Path) -> None:
        """Write a member to the file `to`, with its hash checked once more."""
        with self._archive.open(member.name) as source, _private(to) as file:
            shutil.copyfileobj(source, file, _PIECE)
            file.seek(0)
            if _digest(file) != member.sha256:
                raise DamagedBackupError(f"{member.name} in the backup is not what its manifest says")
            os.fsync(file.fileno())

    def open(self, member: Member) -> IO[bytes]:
        return self._archive.open(member.name)


@contextlib.contextmanager
def open_backup(path: Path) -> Iterator[Reader]:
    """
    The backup at `path`, after every byte of it was checked.

    Raises DamagedBackupError if it is not exactly what was written, UnfitBackupError if a newer program wrote it.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(f"{path} can not be read: {error.strerror or 'unknown reason'}") from error
    with file:
        _check_seal(path, file)
        try:
            with zipfile.ZipFile(file) as archive:
                manifest = _manifest(path, archive)
                _check_members(path, archive, manifest)
                yield Reader(archive, manifest)
        except zipfile.BadZipFile as error:
            raise DamagedBackupError(f"{path} is damaged and was not used; take another backup") from error


def _check_seal(path: Path, file: IO[bytes]) -> None:
    size = file.seek(0, os.SEEK_END)
    start = size - _DIGEST - len(_SEAL)
    if start < 0:
        raise DamagedBackupError(f"{path} is no backup, or was cut off; take another one")
    file.seek(start)
    seal = file.read()
    if not seal.startswith(_SEAL):
        raise DamagedBackupError(f"{path} is no backup, or was cut off; take another one")
    file.seek(0)
    if _digest(file, size - _DIGEST).encode("ascii") != seal[len(_SEAL) :]:
        raise DamagedBackupError(f"{path} is damaged: its content is not what was written; take another backup")
    file.seek(0)


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > LARGEST_MANIFEST:
            raise DamagedBackupError(f"{path} has a manifest too large to be one")
        raw = json.loads(archive.read(info))
        if isinstance(raw, dict) and isinstance(raw.get("format"), int) and raw["format"] > FORMAT:
            raise UnfitBackupError(f"{path} was made by a newer Good Standing; upgrade the program first")
        manifest = Manifest.model_validate_json(json.dumps(raw))
    except (KeyError, ValueError, ValidationError) as error:
        raise DamagedBackupError(f"{path} has no manifest that can be read; take another backup") from error
    if not any(member.name == DATABASE_MEMBER[manifest.database] for member in manifest.members):
        raise DamagedBackupError(f"{path} holds no database; take another backup")
    return manifest


def _check_members(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    promised = {member.name: member for member in manifest.members}
    found = [info.filename for info in archive.infolist() if info.filename != MANIFEST]
    if len(found) != len(set(found)) or set(found) != set(promised) or len(promised) != len(manifest.members):
        strange = sorted(set(found) ^ set(promised))
        raise DamagedBackupError(
            f"{path} does not hold what its manifest lists{f' ({strange[0]})' if strange else ''}; take another backup"
        )
    for member in manifest.members:
        if not _is_plain(member.name):
            raise DamagedBackupError(f"{path} holds a name that leads elsewhere and was not used")
        with archive.open(member.name) as file:
            if _digest(file) != member.sha256 or archive.getinfo(member.name).file_size != member.size:
                raise DamagedBackupError(f"{path}: {member.name} is not what the manifest says; take another backup")


def _is_plain(name: str) -> bool:
    """Whether `name` stays below the folder that it is put into."""
    parts = PurePosixPath(name).parts
    return bool(parts) and not name.startswith("/") and ".." not in parts and not re.search(r"[\\\0:]", name)


@contextlib.contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """
    A folder for unfinished work inside `beside`, for its owner alone, gone afterwards.

    A process that is killed leaves it; the next one removes it. Who works in it holds a lock on a file there, which the system takes
    back from a process that ends, however it ends.
    """
    _remove_left_behind(beside)
    folder = Path(tempfile.mkdtemp(prefix=_WORKING, dir=beside))
    try:
        with _private(folder / _LOCK) as lock:
            with contextlib.suppress(OSError):  # a file system without locks: then nobody else can take it either
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
            shutil.rmtree(folder, ignore_errors=True)  # before the lock goes
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_left_behind(beside: Path) -> None:
    """Remove folders whose process is gone. What is not surely one of those is left alone: no lock to take, or not long enough there."""
    for folder in beside.glob(f"{_WORKING}*"):
        try:
            # not followed, and only where it is ours: anybody may put a folder of that name into /tmp
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if folder.is_symlink() or time.time() - os.fstat(lock).st_mtime < _JUST_MADE or os.fstat(lock).st_uid != os.geteuid():
                continue
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # its process works in it, or this file system has no locks
            continue
        finally:
            os.close(lock)


@contextlib.contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        yield file


def sync_folder(folder: Path) -> None:
    """Let a name that was just given survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(file: IO[bytes], size: int | None = None) -> str:
    """SHA-256 of the first `size` bytes from the start, or of what is left to read."""
    hashing = hashlib.sha256()
    if size is None:
        while piece := file.read(_PIECE):
            hashing.update(piece)
        return hashing.hexdigest()
    file.seek(0)
    left = size
    while left > 0 and (piece := file.read(min(_PIECE, left))):
        hashing.update(piece)
        left -= len(piece)
    return hashing.hexdigest()
