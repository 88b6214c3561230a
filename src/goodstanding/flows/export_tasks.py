"""The jobs of exporting."""

from __future__ import annotations

import uuid

from django.utils import timezone
from django_tasks import task


@task()
def make(export_id: str) -> None:
    """Make one export. Its id is all a job carries, for jobs are kept and exports are not."""
    from goodstanding.flows.exporting import make_export

    make_export(export_id=uuid.UUID(export_id), clock=timezone.now)
