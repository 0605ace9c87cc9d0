"""Verifies a job's destination in a process of its own: hashing would take the screen's time."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.errors import DestinationRefused, ExitCode, OutputRefused, VerificationError
from hfdl_core.machine import machine_id
from hfdl_core.models import Delivery, JobId
from hfdl_core.settings import Settings
from hfdl_tui.operations.background import Tell
from hfdl_tui.operations.environment import environment_for
from hfdl_tui.operations.processes import PROGRAM
from hfdl_tui.wording import figures


def verify_job(settings: Settings, queue: OpenQueue, job_id: JobId, tell: Tell) -> str:
    """How many files are right; VerificationError tells how many are not.

    DestinationRefused when the files are not on this machine.
    """
    _check_is_here(settings, queue, job_id)
    # Not a pipe: a long report would fill it while we listen to how it goes.
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        with subprocess.Popen(
            [*PROGRAM, "verify", job_id, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment_for(os.environ, settings, queue),
        ) as process:
            assert process.stderr is not None  # noqa: S101 - asked for above
            last = _tell_all(process.stderr, tell)
        output.seek(0)
        report = output.read()
    if process.returncode not in {ExitCode.COMPLETE, ExitCode.FAILED} or not report:
        raise OutputRefused(f"job {job_id} could not be verified: {last.removeprefix('hfdl: ')}")
    return _verdict(json.loads(report))


def _tell_all(lines: Iterable[str], tell: Tell) -> str:
    """The last line, which says what went wrong if something did."""
    last = "it says nothing"
    for line in lines:
        last = line.strip()
        tell(last)
    return last


def _verdict(report: dict[str, object]) -> str:
    missing, wrong = _number(report["missing"]), _number(report["wrong"])
    right = figures.files(int(str(report["ok"])))
    if not missing and not wrong:
        return f"{right} verified, all right"
    raise VerificationError(
        f"{report['directory']}: {right} right, {figures.count(missing)} missing, "
        f"{figures.count(wrong)} wrong; the command that made the job fetches those again"
    )


def _number(listed: object) -> int:
    return len(listed) if isinstance(listed, list) else 0


def _check_is_here(settings: Settings, queue: OpenQueue, job_id: JobId) -> None:
    snapshot = queue.client.snapshot(job_id)
    spec = snapshot.spec
    machine, host = snapshot.collects_on
    if spec.delivery is Delivery.GATHER and machine != machine_id():
        raise DestinationRefused(
            f"the files of job {job_id} are in {spec.destination} on {host}: "
            f"run there: hfdl verify {job_id}"
        )
    place = settings.output_dir / Path(spec.destination)
    if spec.delivery is not Delivery.GATHER and not place.is_dir():
        raise DestinationRefused(
            f"the files of job {job_id} are with its workers and not here: "
            f"run there: hfdl verify {spec.destination}"
        )
