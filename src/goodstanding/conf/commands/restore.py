"""
``goodstanding restore FILE``: put a backup in the place of what is there, migrate it to this program, and prove it.

Every byte of the file is checked first; whatever is wrong with it, nothing is changed. The server must be stopped. The key of
private texts is not in a backup: put ``private-key`` of that installation into the state folder first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from goodstanding.conf import environment

if TYPE_CHECKING:
    from goodstanding.conf.backup.restoring import Restored

HELP = "put a backup in the place of what is there"
DONE, REFUSED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the file that `goodstanding backup` wrote")
    parser.add_argument(
        "--replace", action="store_true", help="put it in the place of a database that is there; a safety copy is made first"
    )
    parser.add_argument(
        "--without-private-key", action="store_true", help="restore although private texts in it can not be opened any more"
    )


def run(args: argparse.Namespace) -> int:
    """0: it stands and was proven. 1: it was refused and nothing changed; or it stands with what stderr says."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    home = environment.home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        return _refuse(f"the state folder {home} can not be made ({error.strerror}); set GOODSTANDING_HOME to another")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        return _refuse(str(error))
    from django.db import Error

    from goodstanding.conf.backup.errors import BackupError
    from goodstanding.conf.backup.restoring import restore_backup
    from goodstanding.private_text import PrivateTextError

    try:
        restored = restore_backup(
            source=args.file.expanduser(),
            home=home,
            replace=args.replace,
            without_key=args.without_private_key,
            at=dt.datetime.now(dt.UTC),
            say=_progress,
        )
    except (BackupError, PrivateTextError) as error:
        return _refuse(str(error))
    except Error as error:
        return _refuse(f"the database refused ({type(error).__name__}); what was there before stands")
    return _report(restored)


def _report(restored: Restored) -> int:
    manifest, proof = restored.manifest, restored.proof
    lines = [
        f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC, made by version {manifest.product}.",
        f"{proof.people} people, {sum(manifest.rows.values())} rows; {proof.certificates} certificates and {proof.files} files, each checked.",
    ]
    if restored.migrated:
        lines.append(f"Migrated to this version in {restored.migrated} steps.")
    if restored.safety:
        lines.append(f"What was there before is kept in {restored.safety}")
    lines.append("Everybody must sign in again. Start the product with: goodstanding serve")
    sys.stdout.write("\n".join(lines) + "\n")
    for complaint in restored.complaints:
        _refuse(complaint)
    return REFUSED if restored.complaints else DONE


def _progress(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _refuse(message: str) -> int:
    sys.stderr.write(f"goodstanding restore: {' '.join(message.split())}\n")
    return REFUSED
