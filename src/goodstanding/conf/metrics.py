"""
Figures for Prometheus. Imported only where GOODSTANDING_METRICS opens an address for them.

Every web process adds to files of its own in a folder that ``serve`` empties and names at start (PROMETHEUS_MULTIPROC_DIR); the
job worker adds them up and answers. What the database knows (jobs, mail) is asked when Prometheus asks.
"""

from __future__ import annotations

import importlib.metadata
import logging
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from goodstanding.conf.tracing import Trace

__all__ = ["InstallationCollector", "open_address", "record_request"]

logger = logging.getLogger(__name__)

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Histogram(
    "goodstanding_request_seconds", "Time to answer, by view, method and status.", ["view", "method", "status"], buckets=_SECONDS
)
DATABASE = Counter("goodstanding_database_seconds", "Time that requests spent in the database, by view.", ["view"])
QUERIES = Counter("goodstanding_database_queries", "Queries of requests, by view.", ["view"])


def record_request(trace: Trace, status: int) -> None:
    """Count one answered request."""
    REQUESTS.labels(trace.view, trace.method, str(status)).observe(trace.seconds)
    DATABASE.labels(trace.view).inc(trace.database_seconds)
    QUERIES.labels(trace.view).inc(trace.queries)


class InstallationCollector(Collector):
    """What the database knows of the whole installation; every host tells the same."""

    def collect(self) -> Iterator[Metric]:
        info = InfoMetricFamily("goodstanding_build", "What runs here.")
        info.add_metric(
            [],
            {
                "version": importlib.metadata.version("goodstanding"),
                "django": importlib.metadata.version("django"),
                "python": platform.python_version(),
            },
        )
        yield info
        up = GaugeMetricFamily("goodstanding_database_up", "Whether the database answers.")
        try:
            families = list(self._from_database())
        except Exception as error:  # noqa: BLE001 - whatever is wrong, Prometheus must learn that it is
            logger.warning("The figures of the database could not be read: %s", type(error).__name__)
            families = []
        up.add_metric([], 1 if families else 0)
        yield up
        yield from families

    def _from_database(self) -> Iterator[Metric]:
        from django.db import close_old_connections

        from goodstanding.flows.installation import count_jobs, get_last_backup
        from goodstanding.mailing.selectors import get_mail_state

        close_old_connections()
        try:
            jobs = GaugeMetricFamily("goodstanding_jobs", "Jobs that are kept, by state.", labels=["state"])
            for state, count in count_jobs().items():
                jobs.add_metric([state], count)
            yield jobs
            mail = GaugeMetricFamily("goodstanding_mail", "Mail that is not delivered, by state.", labels=["state"])
            state_of_mail = get_mail_state()
            for state in ("waiting", "failing", "given_up"):
                mail.add_metric([state], getattr(state_of_mail, state))
            yield mail
            if last_backup := get_last_backup():
                backup = GaugeMetricFamily("goodstanding_last_backup_timestamp_seconds", "When the last backup was made.")
                backup.add_metric([], last_backup.at.timestamp())
                yield backup
        finally:
            close_old_connections()


def registry(folder: Path) -> CollectorRegistry:
    """Everything that is told: the sums of the web processes of this host, and what the database knows."""
    told = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(told, path=str(folder))  # type: ignore[no-untyped-call]
    told.register(InstallationCollector())
    return told


def open_address(address: str) -> None:
    """Answer Prometheus at `address`, as host:port, in threads of this process. A taken port is noted and harms nothing else."""
    host, _, port = address.rpartition(":")
    try:
        start_http_server(int(port), addr=host.strip("[]") or "127.0.0.1", registry=registry(settings.METRICS_FOLDER))
    except (OSError, ValueError, OverflowError):
        logger.exception("GOODSTANDING_METRICS can not be opened. Write it as 127.0.0.1:9464, with a port that is free.")
