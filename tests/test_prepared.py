"""A prepared query answers as the ordinary one does, for whatever values and at any time."""

from __future__ import annotations

import datetime as dt
import gc
import uuid

import pytest
from django.db.models import CharField, Count, DateField, Exists, OuterRef, UUIDField

from goodstanding.accounts.models import User
from goodstanding.catalog.models import Course, CourseVersion
from goodstanding.credit.models import CreditEntry
from goodstanding.learning.models import Enrollment
from goodstanding.licensing.models import License
from goodstanding.licensing.selectors import list_licenses, recorded_licenses
from goodstanding.prepared import Given, Prepared, _plan_of, columns_of
from tests.compliance.situations import NOW, a_credit, a_license
from tests.learning.making import SLUG, enrolled

pytestmark = pytest.mark.django_db

HOLDER = Given("holder", UUIDField())


def same(found, queryset):
    assert [columns_of(one) for one in found] == [columns_of(one) for one in queryset]
    assert [type(one) for one in found] == [type(one) for one in queryset]
    assert all(not one._state.adding for one in found)


def test_it_answers_as_the_query_does_for_every_value(clinician, make_user):
    other = make_user(legal_name="Cai Example")
    entries = [a_credit(clinician, f"Course {at}", hours="1.25", completed=dt.date(2026, 1 + at, 1)) for at in range(3)]
    a_credit(other)
    query = Prepared(
        lambda: CreditEntry.objects.filter(
            ~Exists(CreditEntry.objects.filter(replaces=OuterRef("pk"))),
            holder=HOLDER,
            completed__gte=Given("since", DateField()),
        ).order_by("title")
    )
    for user in (clinician, other, clinician):
        for since in (dt.date(2026, 2, 1), dt.date(2020, 1, 1)):
            found = query.ask(holder=user.holder.pk, since=since).objects()
            same(found, CreditEntry.objects.filter(holder=user.holder, completed__gte=since).order_by("title"))
    assert [one.pk for one in query.ask(holder=str(clinician.holder.pk), since=NOW.date()).objects()] == []
    assert len(query.ask(holder=clinician.holder.pk, since=dt.date(2026, 2, 1)).objects()) == len(entries) - 1


def test_related_objects_are_read_along_and_what_is_put_off_is_put_off(clinician, django_assert_num_queries):
    enrollment = enrolled(clinician)
    query = Prepared(
        lambda: (
            Enrollment.objects.filter(holder=HOLDER, course_id=Given("slug", CharField()))
            .select_related("version")
            .defer("version__content")
        )
    )
    with django_assert_num_queries(1):
        (found,) = query.ask(holder=clinician.holder.pk, slug=SLUG).objects()
        assert (found, found.version) == (enrollment, enrollment.version)
    content = CourseVersion.objects.values_list("content", flat=True).get(pk=found.version_id)
    with django_assert_num_queries(1):
        assert found.version.content == content
    account = Prepared(lambda: User.objects.select_related("profile", "holder").filter(pk=Given("id", UUIDField())))
    with django_assert_num_queries(1):
        (user,) = account.ask(id=clinician.pk).objects()
        assert (user.profile.legal_name, user.holder) == (clinician.profile.legal_name, clinician.holder)
        assert user.profile.user is user


def test_values_come_as_tuples_in_their_order(clinician):
    license_ = a_license(clinician)
    query = Prepared(lambda: License.objects.filter(holder=HOLDER).values_list("issued", "pk", "renewals"))
    assert query.ask(holder=clinician.holder.pk).objects() == [(license_.issued, license_.pk, license_.renewals)]


def test_the_same_rows_come_as_the_same_and_any_other_not(clinician):
    query = Prepared(lambda: CreditEntry.objects.filter(holder=HOLDER))
    a_credit(clinician)
    first = query.ask(holder=clinician.holder.pk).raw
    assert query.ask(holder=clinician.holder.pk).raw == first
    a_credit(clinician)
    assert query.ask(holder=clinician.holder.pk).raw != first
    assert len(query.ask(holder=clinician.holder.pk).raw) == 2


def test_licenses_come_with_all_that_is_recorded_about_them(clinician, make_user, django_assert_num_queries):
    for kind in ("lpcc", "lmft"):
        a_license(clinician, kind=kind)
    other = make_user(legal_name="Cai Example")
    assert recorded_licenses(other.holder).licenses() == []
    a_license(other)
    recorded = recorded_licenses(clinician.holder)
    expected = list(list_licenses(clinician.holder))
    with django_assert_num_queries(0):
        found = recorded.licenses()
        same(found, expected)
        for one, other in zip(found, expected, strict=True):
            for name in ("periods", "facts", "confirmations"):
                same(getattr(one, name).all(), getattr(other, name).all())
        assert any(one.periods.all() for one in found)


def test_two_threads_may_put_it_together_at_once(clinician):
    """Each does it anew; a query that could be put together only once would fail for the second."""
    a_license(clinician)
    raw = recorded_licenses(clinician.holder).raw
    prepared = [one for one in gc.get_objects() if type(one) is Prepared and one._plans]
    assert len(prepared) > 3
    for one in prepared:
        before = {vendor: (plan.sql, len(plan.parameters)) for vendor, plan in one._plans.items()}
        plan = _plan_of(one._query())
        assert (plan.sql, len(plan.parameters)) in before.values()
    assert recorded_licenses(clinician.holder).raw == raw


def test_what_it_can_not_do_is_refused(clinician):
    for query in (
        Prepared(lambda: Course.objects.prefetch_related("versions")),
        Prepared(lambda: Course.objects.annotate(number=Count("versions"))),
    ):
        with pytest.raises(TypeError, match="prepared query"):
            query.ask()
    with pytest.raises(KeyError):
        Prepared(lambda: Course.objects.filter(slug=Given("slug", CharField()))).ask(name="x")
    assert Prepared(lambda: License.objects.filter(holder=HOLDER)).ask(holder=uuid.uuid4()).objects() == []
