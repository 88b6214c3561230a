"""
Queries that pages ask again and again with other values, put into SQL once.

For a query of few rows Django takes much longer to put it together than the database to answer it. A prepared query is an
ordinary one of Django in which :class:`Given` stands for what differs; its SQL, and how its rows become objects, are kept for as
long as the process lives. They depend on the models and the database alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler

__all__ = ["Given", "Prepared", "Rows", "columns_of", "read_along"]

_Object = TypeVar("_Object")


class Given(Expression):
    """The place of the value called `name`, which is one of `field`."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        del compiler, connection
        return "%s", (self,)


@dataclass(frozen=True)
class Rows(Generic[_Object]):
    """
    What the database answered. `raw` is every column as it came: two answers with the same are made of the same.

    The objects are made when they are asked for, each time new ones.
    """

    raw: tuple[tuple[object, ...], ...]
    _make: Callable[[tuple[tuple[object, ...], ...]], list[_Object]]

    def objects(self) -> list[_Object]:
        """The rows as the query would give them: objects of its model, or tuples where it asks for values."""
        return self._make(self.raw)


class Prepared(Generic[_Object]):
    """
    A query that differs in nothing but the values that it is given.

    `make` puts it together when it is first asked, by each thread that asks before another has done so. It may read related objects along (``select_related``) but not
    afterwards (``prefetch_related``, for which :func:`read_along` is), and annotates nothing.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, _Object]]) -> None:
        self._query = make
        self._plans: dict[str, _Plan] = {}

    def ask(self, **values: object) -> Rows[_Object]:
        """Ask the database, with a value for every place."""
        plan = self._plans.get(connection.vendor)
        if plan is None:
            plan = self._plans[connection.vendor] = _plan_of(self._query())
        if not plan.sql:
            return Rows((), plan.objects)
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, plan.bind(values))
            return Rows(tuple(map(tuple, cursor.fetchall())), plan.objects)


def columns_of(*rows: Model) -> str:
    """Every column that was read of `rows`, as text: what is made of them alone can be kept by it."""
    return repr([[row.__dict__.get(field.attname) for field in row._meta.concrete_fields] for row in rows])  # noqa: SLF001 - documented by Django


def read_along(parents: Sequence[Model], name: str, children: Sequence[Model], *, by: str) -> None:
    """
    Give each of `parents` those of `children` that name it in their column `by`, as ``prefetch_related`` would under `name`.

    A child of none of them is left out: it came, or its parent went, between two queries.
    """
    of: dict[object, list[Model]] = {parent.pk: [] for parent in parents}
    for child in children:
        of.get(getattr(child, by), []).append(child)
    for parent in parents:
        found = getattr(parent, name).all()
        found._result_cache, found._prefetch_done = of[parent.pk], True  # noqa: SLF001 - as Django does itself
        parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


@dataclass(frozen=True)
class _Plan:
    sql: str
    parameters: Sequence[object]
    converters: Mapping[int, tuple[Sequence[Callable[[Any, Any, BaseDatabaseWrapper], Any]], Any]]
    make: Callable[[Sequence[Any]], Any]

    def bind(self, values: Mapping[str, object]) -> list[Any]:
        return [
            one.output_field.get_db_prep_value(values[one.name], connection, prepared=False) if isinstance(one, Given) else one
            for one in self.parameters
        ]

    def objects(self, raw: Sequence[Sequence[object]]) -> list[Any]:
        return [self.make(self._converted(row)) for row in raw]

    def _converted(self, row: Sequence[object]) -> tuple[object, ...]:
        values = list(row)
        for at, (converters, expression) in self.converters.items():
            for convert in converters:
                values[at] = convert(values[at], expression, connection)
        return tuple(values)


def _plan_of(queryset: QuerySet[Any, Any]) -> _Plan:
    """What Django does for every query, done for once: see ``ModelIterable`` and ``SQLCompiler.results_iter``."""
    if queryset.query.is_empty():
        return _Plan(sql="", parameters=(), converters={}, make=tuple)
    compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    select = compiler.select
    assert select is not None
    objects = issubclass(queryset._iterable_class, ModelIterable)  # noqa: SLF001 - whether it asks for objects or for values
    if objects and (queryset._prefetch_related_lookups or compiler.annotation_col_map):  # type: ignore[attr-defined] # noqa: SLF001
        raise TypeError("A prepared query neither annotates nor reads along afterwards.")  # rather than leave it out
    return _Plan(
        sql=sql,
        parameters=tuple(parameters),
        converters=compiler.get_converters([expression for expression, *_ in select[: compiler.col_count]]),
        make=_maker(compiler) if objects else tuple,
    )


def _maker(compiler: SQLCompiler) -> Callable[[Sequence[Any]], Model]:
    """How a row becomes an object of the model, with those that are read along."""
    select, info = compiler.select, compiler.klass_info
    assert select is not None
    assert info is not None
    model: type[Model] = info["model"]
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [expression.target.attname for expression, *_ in select[first:last]]
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg] # the stubs are of a later Django

    def make(values: Sequence[Any]) -> Model:
        found = model.from_db(DEFAULT_DB_ALIAS, names, values[first:last])
        for one in related:
            one.populate(values, found)
        return found

    return make
