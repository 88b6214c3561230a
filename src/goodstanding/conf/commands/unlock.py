"""
``goodstanding unlock EMAIL``: let someone back in who lost app, passkey and recovery codes.

Be sure who asks: from here on the password alone opens the account. Every sign-in of it ends, and a member of staff must set
up another second step before any staff page opens. It is recorded in the audit log.
"""

from __future__ import annotations

import argparse
import sys

from goodstanding.conf.database import UNREADABLE, NoDatabaseError, set_up_database

HELP = "remove the second step of someone who lost it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address that the person signs in with")


def run(args: argparse.Namespace) -> int:
    """0: the second step is removed. 1: there is no such account, or it had none."""
    try:
        set_up_database()
    except NoDatabaseError as error:
        return _refuse(str(error))
    from django.db import Error

    from goodstanding.accounts.models import User
    from goodstanding.accounts.second_step import lift_second_step

    try:
        lifted = lift_second_step(email=args.email)
    except User.DoesNotExist:
        return _refuse("there is no account with this address")
    except Error:
        return _refuse(UNREADABLE)
    if not lifted:
        return _refuse("this account has no second step")
    sys.stdout.write("The second step is removed, and the account is signed out everywhere. The password alone opens it now.\n")
    return 0


def _refuse(message: str) -> int:
    sys.stderr.write(f"goodstanding unlock: {' '.join(message.split())}\n")
    return 1
