"""``goodstanding claim``: the one-time link with which the operator becomes the first administrator."""

from __future__ import annotations

import argparse
import sys

from goodstanding.conf.database import UNREADABLE, NoDatabaseError, set_up_database

HELP = "make a link with which the first administrator is made"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # there is nothing to choose


def run(args: argparse.Namespace) -> int:
    """0: the link is printed. 1: there is an administrator already, or no database to ask."""
    del args
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.conf import settings
    from django.db import Error
    from django.urls import reverse

    from goodstanding.accounts.services import create_claim

    try:
        token = create_claim()
    except Error:
        return _refuse(UNREADABLE)
    if token is None:
        return _refuse("there is an administrator already; further ones are made on the staff pages")
    sys.stdout.write(f"{settings.PUBLIC_URL}{reverse('claim', args=[token])}\n")
    sys.stderr.write("Whoever opens this link first becomes the administrator. It works once.\n")
    return 0


def _refuse(message: str) -> int:
    sys.stderr.write(f"goodstanding claim: {' '.join(message.split())}\n")
    return 1
