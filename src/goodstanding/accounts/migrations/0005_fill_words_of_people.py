"""Gives the people who are there already the words by which staff find them."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from goodstanding.accounts.words import words_of

_AT_ONCE = 500


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """In pieces, by the order of the ids, so that no more than one piece of them is ever in memory."""
    users = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias)
    word = apps.get_model("accounts", "PersonWord")
    rows = users.order_by("pk").values_list("pk", "email", "profile__legal_name")
    piece = list(rows[:_AT_ONCE])
    while piece:
        word.objects.using(schema_editor.connection.alias).bulk_create(
            (
                word(user_id=pk, word=one.encode())
                for pk, email, legal_name in piece
                for one in sorted(words_of(legal_name=legal_name or "", email=email))
            ),
            batch_size=1_000,
        )
        piece = list(rows.filter(pk__gt=piece[-1][0])[:_AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_words_of_people")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
