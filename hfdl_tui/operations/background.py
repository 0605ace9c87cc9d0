"""Starts a job's collector as a process of its own that outlives the terminal."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.errors import CollectorAway
from hfdl_core.machine import log_dir, machine_id
from hfdl_core.models import Delivery, JobId
from hfdl_core.private_files import open_private
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings

_START_SECONDS: Final = 15.0
_LOOK_SECONDS: Final = 0.1


def see_to_a_collector(settings: Settings, queue: OpenQueue, job_id: JobId) -> str | None:
    """Start one when the job needs one and none lives; what there is to tell of it, if anything."""
    snapshot = queue.client.snapshot(job_id)
    if snapshot.spec.delivery is not Delivery.GATHER or snapshot.has_live_collector:
        return None
    if snapshot.state.is_finished:
        return None
    machine, host = snapshot.collects_on
    if machine != machine_id():
        return f"nobody collects it now: run on {host}: hfdl collect {job_id}"
    log = start_collector(settings, queue, job_id)
    return f"collects in the background; log: {log}"


def start_collector(settings: Settings, queue: OpenQueue, job_id: JobId) -> Path:
    """Returns its log once it takes blocks; CollectorAway when it does not."""
    log = log_dir() / f"collect-{job_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-P", "-m", "hfdl_tui", "collect", job_id]
    with os.fdopen(open_private(log), "ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(os.environ, settings, queue.client.target),
            start_new_session=True,  # it does not go with this terminal
        )
    give_up_at = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up_at:
        if queue.client.snapshot(job_id).has_live_collector:
            return log
        if process.poll() is not None:
            raise CollectorAway(f"the collector of job {job_id} ended at once; see {log}")
        time.sleep(_LOOK_SECONDS)
    raise CollectorAway(f"the collector of job {job_id} does not start; see {log}")


def _environment(
    environ: Mapping[str, str], settings: Settings, target: RedisTarget
) -> dict[str, str]:
    """What the options of this command said, as variables: a process list shows no environment."""
    told = dict(environ)
    if target.unix_socket is None:
        scheme = "rediss" if target.tls else "redis"
        host = f"[{target.host}]" if ":" in target.host else target.host
        told["HFDL_REDIS_URL"] = f"{scheme}://{host}:{target.port}/{target.database}"
        for name in ("HFDL_REDIS_HOST", "HFDL_REDIS_PORT", "HFDL_REDIS_PASSWORD_FILE"):
            told.pop(name, None)
        if target.username is not None:
            told["HFDL_REDIS_USERNAME"] = target.username
        if target.password is not None:
            told["HFDL_REDIS_PASSWORD"] = target.password.get_secret_value()
        if target.ca_file is not None:
            told["HFDL_REDIS_CA_FILE"] = str(target.ca_file)
    for field in ("collector_port", "collector_cert", "collector_key"):
        value = getattr(settings, field)
        if value is not None:
            told[f"HFDL_{field.upper()}"] = str(value)
    return told
