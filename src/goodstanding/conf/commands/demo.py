"""``goodstanding demo``: a separate database with made-up people, licenses and credits, to look around in."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import secrets
import sys
from pathlib import Path

from goodstanding.conf import environment

HELP = "fill a separate demonstration database and say how to sign in"

SIGN_IN = "sign-in.txt"
DATABASE = "goodstanding.sqlite3"
_PASSWORD = "Password: "  # noqa: S105 - the label before it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder", type=Path, metavar="FOLDER", help="where it is kept (default: the folder demo inside the state folder)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when the demonstration is there, made now or before; 1 if the folder holds something else, which stays as it is."""
    folder = (args.folder or environment.demo_home()).expanduser().resolve()
    try:
        if (folder / DATABASE).exists() and not (folder / SIGN_IN).is_file():
            # before anything is opened: a real database must not even be migrated
            return _refuse(
                f"The folder {folder} holds a database and no {SIGN_IN}, so it is not taken for a demonstration. Nothing was "
                "changed. Choose another folder with --folder, or delete this one if it is an old demonstration."
            )
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment.live_in(folder)
        environment.enter_demonstration()
        environment.keep_secret_key()
        environment.keep_private_key()
        password = _keep_password(folder / SIGN_IN)
    except OSError as error:
        return _refuse(
            f"The folder {folder} can not be used ({error.strerror}). Choose another: goodstanding demo --folder FOLDER"
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goodstanding.conf.settings")
    return _fill(folder, password, chosen=args.folder)


def _fill(folder: Path, password: str, *, chosen: Path | None) -> int:
    import django

    django.setup()

    from django.conf import settings
    from django.core.management import call_command
    from django.db import DatabaseError
    from django.utils import timezone

    from goodstanding.flows.demonstration import ADMINISTRATOR, PEOPLE, RealPeopleError, fill

    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        filled = fill(password=password, content_root=settings.CONTENT_ROOT, at=timezone.now(), on=_today())
    except RealPeopleError:
        return _refuse(
            f"The database in {folder} holds accounts that are not part of the demonstration. Nothing was changed. "
            "Choose an empty folder: goodstanding demo --folder FOLDER"
        )
    except DatabaseError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        return _refuse(f"The demonstration database in {folder} can not be used: {reason}.")
    people = [(ADMINISTRATOR[0], "the administrator"), *((person.email, person.situation) for person in PEOPLE)]
    lines = [f"{email:<42} {what}" for email, what in people]
    sign_in = "\n".join([f"{_PASSWORD}{password}", "", *lines, ""])
    (folder / SIGN_IN).write_text(sign_in, encoding="utf-8")
    how = "is ready" if filled.made else "was there before; nothing was changed"
    serve = (
        "goodstanding serve --demo" if chosen is None else f"GOODSTANDING_DEMO=1 GOODSTANDING_HOME={folder} goodstanding serve"
    )
    _say(
        f"The demonstration {how}: {filled.people} people, {filled.licenses} licenses, {filled.credits} credits, "
        f"{filled.certificates} certificate{'' if filled.certificates == 1 else 's'}. Everything in it is made up.\n"
        f"It is kept in {folder}\n\n{sign_in}\nServe it with: {serve}"
    )
    return 0


def _keep_password(path: Path) -> str:
    """The password that all demonstration accounts share: made once, kept beside the database for its owner alone."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(_PASSWORD):
                return line.removeprefix(_PASSWORD)
    password = secrets.token_urlsafe(12)
    path.touch(mode=0o600)
    path.write_text(f"{_PASSWORD}{password}\n", encoding="utf-8")
    return password


def _today() -> dt.date:
    """The day here: the demonstration's days are counted from it."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the terminal is this command's page


def _refuse(message: str) -> int:
    print(f"goodstanding: {message}", file=sys.stderr)  # noqa: T201 - the answer of a command
    return 1


__all__ = ["DATABASE", "HELP", "SIGN_IN", "add_arguments", "run"]
