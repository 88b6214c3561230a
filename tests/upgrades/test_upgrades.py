"""A database of every earlier state migrates forward with everything in it. How to keep a state: CONTRIBUTING.md."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.backup.installation import installation
from tests.upgrades.__main__ import KEY, STATES

NAMES = sorted(path.name.removesuffix(".json.gz") for path in STATES.glob("*.json.gz"))

LOAD = """
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.core.management.color import no_style
state = json.load(open("state.json"))
wanted = {tuple(one) for one in state["migrations"]}
executor = MigrationExecutor(connection)
graph = executor.loader.graph
leaves = [node for node in wanted if not any(child.key in wanted for child in graph.node_map[node].children if child.key[0] == node[0])]
end = executor.migrate(leaves)
assert set(MigrationExecutor(connection).loader.applied_migrations) == wanted, "the state can not be reached any more"
with transaction.atomic():
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA defer_foreign_keys = ON")
    for row in state["rows"]:
        model = end.apps.get_model(row["model"])
        named = {field.name: field for field in model._meta.concrete_fields}
        values = {
            named[name].attname: (named[name].target_field if named[name].remote_field else named[name]).to_python(value)
            for name, value in row["fields"].items()
            if name in named
        }
        key = model._meta.pk.to_python(row["pk"])
        if not model._base_manager.filter(pk=key).update(**values):  # a row that a migration itself has made is there already
            model._base_manager.bulk_create([model(pk=key, **values)])
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [model for model in end.apps.get_models() if model._meta.managed]):
            cursor.execute(sql)
"""

UPGRADE = """
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""

AFTER = """
from django.apps import apps
from django.db import connection
from goodstanding.audit.guards import missing_guards
from goodstanding.conf.backup.proving import prove
from goodstanding.core.certificates import record_from_json
from goodstanding.credit.models import Certificate, CreditEntry
from goodstanding.flows.completing import complete
from goodstanding.learning.models import Enrollment, StepReason
from goodstanding.learning.selectors import path_of
proof = prove()
certificate = Certificate.objects.get()
print(json.dumps({
    "counts": {model._meta.label_lower: model._base_manager.count() for model in apps.get_models()},
    "proof": [proof.people, proof.certificates, proof.wrong_certificates, proof.closed_texts, list(proof.audit_findings)],
    "certificate": [certificate.number, hashlib.sha256(bytes(certificate.pdf)).hexdigest(), record_from_json(certificate.record).holder_name],
    "corrected": list(CreditEntry.objects.filter(replaces__isnull=False).values_list("title", "replaces__title")),
    "unguarded": list(missing_guards(connection)),
    "reasons": StepReason.objects.count(),
    "stands": [path_of(one).current.kind for one in Enrollment.objects.filter(completion__isnull=True)],
}))
"""


@pytest.mark.parametrize("name", NAMES)
def test_everything_of_an_earlier_state_is_there_after_an_upgrade(name: str, tmp_path: Path) -> None:
    packed = gzip.decompress((STATES / f"{name}.json.gz").read_bytes())
    state = json.loads(packed)
    with installation(tmp_path / "new", key=KEY) as place:
        (place.home / "state.json").write_bytes(packed)
        # The files of proofs are not part of a state; what is asked here is about the database.
        after = json.loads(place.run(LOAD + UPGRADE + AFTER))
        assert place.command("verify", after["certificate"][0]).code == 0

    kept: dict[str, int] = {}
    for row in state["rows"]:
        kept[row["model"]] = kept.get(row["model"], 0) + 1
    assert {model: after["counts"][model] for model in kept} == kept
    (certificate,) = (row for row in state["rows"] if row["model"] == "credit.certificate")
    assert after["certificate"] == [certificate["pk"], certificate["fields"]["pdf_sha256"], "Ada Example"]
    assert after["proof"] == [2, 1, [], [], []]
    assert after["corrected"] == [["From elsewhere, mended", "From elsewhere"]]
    assert after["reasons"] == 2
    assert after["stands"] == ["post_test"]
    assert after["unguarded"] == []


def test_there_is_a_state_of_the_first_release() -> None:
    assert "1-first" in NAMES
    assert len(NAMES) >= 3
