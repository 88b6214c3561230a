"""The database itself refuses to rewrite what is written once, whatever the program says."""

from __future__ import annotations

import contextlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from goodstanding.accounts.models import TermsAcceptance
from goodstanding.audit.append_only import AppendOnly, RewrittenRecordError, append_only_models
from goodstanding.audit.guards import missing_guards, put_up_guards, take_down_guards
from goodstanding.audit.models import AuditEvent, ErasurePermit
from goodstanding.audit.services import erasing
from goodstanding.conf.commands import serve
from goodstanding.credit.models import Certificate, CertificateRevocation, CreditEntry, CreditWithdrawal
from goodstanding.learning.models import Attestation, Completion, CourseEvaluation

pytestmark = pytest.mark.django_db

TABLES = {model._meta.db_table: model for model in append_only_models()}
ERASABLE = {
    "accounts_termsacceptance",
    "credit_creditproof",
    "learning_scenariostep",
    "licensing_confirmation",
    "licensing_licensechange",
    "licensing_licensefact",
}
NEVER_ERASED = {
    model._meta.db_table
    for model in (
        AuditEvent,
        Attestation,
        Certificate,
        CertificateRevocation,
        Completion,
        CourseEvaluation,
        CreditEntry,
        CreditWithdrawal,
    )
}


@contextlib.contextmanager
def one_row_in(model: type[models.Model]):
    """
    The table with one row made of whatever its columns take, gone again afterwards.

    What the row refers to is not there: nothing here is committed, so nothing is checked.
    """
    values = {field.column: value_for(field) for field in model._meta.concrete_fields}
    columns = ", ".join(f'"{column}"' for column in values)
    with transaction.atomic():
        run(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(values))})', list(values.values()))
        yield
        transaction.set_rollback(True)


def value_for(field: models.Field) -> object:
    while field.is_relation:
        field = field.target_field
    if field.choices:
        return list(field.choices)[-1][0]  # of a signature: the kind that points back, as every relation here does
    if isinstance(field, models.UUIDField):
        return field.get_db_prep_value("11111111111141118111111111111111", connection)
    if isinstance(field, models.DateTimeField):
        return timezone.now().isoformat()
    for kind, value in (
        (models.DateField, "2026-11-23"),
        (models.JSONField, "{}"),
        (models.BooleanField, False),
        (models.BinaryField, b"x"),
        ((models.CharField, models.TextField, models.FileField), "x"),
    ):
        if isinstance(field, kind):
            return value
    return 3


def run(sql: str, values: list[object] | None = None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_every_append_only_table_is_guarded():
    declared = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)}
    assert declared == set(TABLES)
    assert missing_guards(connection) == []


def test_what_was_earned_is_never_erasable():
    assert {table for table, model in TABLES.items() if model.erasable} == ERASABLE
    assert not NEVER_ERASED & ERASABLE
    assert set(TABLES) >= NEVER_ERASED


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_column_of_a_row_can_be_changed(table):
    with one_row_in(TABLES[table]):
        for field in TABLES[table]._meta.concrete_fields:
            with pytest.raises(IntegrityError, match=f"{table} is written once: UPDATE refused; correct it by adding a row"):
                run(f'UPDATE "{table}" SET "{field.column}" = "{field.column}"')


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_row_can_be_deleted(table):
    with one_row_in(TABLES[table]):
        with pytest.raises(IntegrityError, match=f"{table} is written once: DELETE refused"):
            run(f'DELETE FROM "{table}"')
        assert count(table) == 1


@pytest.mark.parametrize("table", sorted(TABLES))
def test_no_table_can_be_emptied_or_replaced(table):
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match="is written once: TRUNCATE refused"):
            run(f'TRUNCATE "{table}" CASCADE')
        return
    with one_row_in(TABLES[table]):
        with pytest.raises(IntegrityError, match=f"{table} is written once: REPLACE refused"):
            run(f'INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"')
        assert count(table) == 1


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_permit_opens_erasable_tables_for_deleting_and_nothing_else(table):
    with one_row_in(TABLES[table]), erasing():
        with pytest.raises(IntegrityError, match="UPDATE refused"):
            run(f'UPDATE "{table}" SET "{TABLES[table]._meta.pk.column}" = "{TABLES[table]._meta.pk.column}"')
        if table in ERASABLE:
            assert TABLES[table].objects.all().erase() == 1
            assert count(table) == 0
        else:
            with pytest.raises(RewrittenRecordError):
                TABLES[table].objects.all().erase()
            with pytest.raises(IntegrityError, match="DELETE refused"):
                run(f'DELETE FROM "{table}"')


def test_without_a_permit_erasing_is_refused(clinician):
    TermsAcceptance.objects.create(user=clinician, version="1", accepted_at=timezone.now())
    with pytest.raises(IntegrityError, match="DELETE refused"), transaction.atomic():
        TermsAcceptance.objects.all().erase()
    assert TermsAcceptance.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_permit_can_not_be_committed():
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasurePermit.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasurePermit.objects.create(id=2, never_id=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        ErasurePermit.objects.create(id=1, never_id=1)
    with erasing():
        pass
    assert not ErasurePermit.objects.exists()


def test_without_the_guard_the_database_would_let_it_happen():
    with one_row_in(CreditEntry):
        take_down_guards(connection, ["credit_creditentry"])
        assert missing_guards(connection) == ["credit_creditentry"]
        run("DELETE FROM credit_creditentry")
        assert count("credit_creditentry") == 0
        put_up_guards(connection)
        assert missing_guards(connection) == []


def test_starting_the_server_puts_back_what_is_missing_and_says_so(capsys):
    take_down_guards(connection, ["credit_certificate"])
    serve._migrate()
    assert "did not protect credit_certificate" in capsys.readouterr().out
    assert missing_guards(connection) == []
    serve._migrate()
    assert capsys.readouterr().out == ""


@pytest.mark.slow_once  # only SQLite rebuilds tables
@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_rebuilds_is_guarded_again():
    with connection.schema_editor() as editor:
        editor._remake_table(CreditEntry)
    assert missing_guards(connection) == ["credit_creditentry"]
    put_up_guards(connection)
    assert missing_guards(connection) == []
