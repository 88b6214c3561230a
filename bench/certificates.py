"""How long a certificate takes: the first of a process, those after it, and whether memory stays where it is."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import multiprocessing
import resource
import statistics
import time

from goodstanding.core.certificates import (
    CertificateRecord,
    PrintedCourse,
    PrintedLicense,
    PrintedSponsor,
    PrintedTopic,
    new_number,
)
from goodstanding.credit.certificate_pdf import render_certificate

RUNS = 200
JOB = 1000


def record(number: str, name: str) -> CertificateRecord:
    return CertificateRecord(
        number=number,
        issued_at=dt.datetime(2026, 11, 23, 18, tzinfo=dt.UTC),
        issued_on=dt.date(2026, 11, 23),
        holder_name=name,
        licenses=(PrintedLicense(state="CA", license_type="LPCC", number="1234"),),
        course=PrintedCourse(
            id="a-course", title="A former client asks for coffee", version=1, content_hash="", authors=("Someone",)
        ),
        sponsor=PrintedSponsor(name="Example Institute", address="1 Example Street\nExample, CA", phone="555 0100"),
        format="asynchronous",
        started_on=dt.date(2026, 11, 20),
        completed_on=dt.date(2026, 11, 23),
        time_zone="America/Los_Angeles",
        minutes=35,
        provisional=True,
        topics=(PrintedTopic(topics=("ethics",), label="Professional ethics", minutes=35),),
        verification_url=f"https://example.org/verify/{number}/",
    )


def timed(name: str) -> float:
    """Milliseconds for one certificate that was never made before."""
    fresh = record(new_number(), name)
    begun = time.perf_counter()
    render_certificate(fresh)
    return (time.perf_counter() - begun) * 1000


def in_a_job() -> float:
    """Seconds for many certificates in two processes, one for each core, with the starting of the processes."""
    names = [f"Ada Example the {number}th" for number in range(JOB)]
    begun = time.perf_counter()
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert sum(1 for _ in processes.map(timed, names, chunksize=50)) == JOB
    return time.perf_counter() - begun


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    print(f"first of the process: {timed('Ada Example'):.1f} ms")
    begun = memory()
    times = [timed(f"Ada Example the {number}th") for number in range(RUNS)]
    print(
        f"the {RUNS} after it: median {statistics.median(times):.1f} ms (goal < 25), slowest {max(times):.1f} ms, {1000 * RUNS / sum(times):.0f} a second"
    )
    job = in_a_job()
    print(f"{JOB} as a job, in two processes: {JOB / job:.0f} a second (goal > 40)")
    print(f"a name with characters that no font has: {timed('山田太郎'):.1f} ms")
    print(f"memory: {begun:.0f} MB before, {memory():.0f} MB after")


if __name__ == "__main__":
    main()
