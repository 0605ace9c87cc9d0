"""What a process that is started for later is told: a process list shows no environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings, names
from hfdl_core.timetable import Timetable

_REDIS_FIELDS: Final = frozenset(field for field in Settings.model_fields if "redis" in field)
# A name is one worker's, and what is started for a job ends with the job.
_NOT_PASSED_ON: Final = _REDIS_FIELDS | {"worker_id", "exit_when_idle_seconds", "warnings"}


def environment_for(
    environ: Mapping[str, str], settings: Settings, queue: OpenQueue
) -> dict[str, str]:
    """This process's environment, with what its options said and the queue that it uses."""
    told = dict(environ)
    for field in Settings.model_fields.keys() - _NOT_PASSED_ON:
        if (settings.said(field) or "").startswith("--"):
            told[names.variable(field)] = _text(getattr(settings, field))
    for field in ("worker_id", "exit_when_idle_seconds"):
        told.pop(names.variable(field), None)
    if queue.own is None:
        for field in _REDIS_FIELDS:
            told.pop(names.variable(field), None)
        told.update(_redis(queue.client.target))
    return told


def redis_url(target: RedisTarget) -> str:
    """Without a name or a password."""
    if target.unix_socket is not None:
        return f"unix://{target.unix_socket}?db={target.database}"
    scheme = "rediss" if target.tls else "redis"
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{scheme}://{host}:{target.port}/{target.database}"


def _redis(target: RedisTarget) -> dict[str, str]:
    told = {"HFDL_REDIS_URL": redis_url(target)}
    if target.username is not None:
        told["HFDL_REDIS_USERNAME"] = target.username
    if target.password is not None:
        told["HFDL_REDIS_PASSWORD"] = target.password.get_secret_value()
    if target.ca_file is not None:
        told["HFDL_REDIS_CA_FILE"] = str(target.ca_file)
    return told


def _text(value: object) -> str:
    """As the settings read it."""
    match value:
        case tuple():
            between = os.pathsep if any(isinstance(part, Path) for part in value) else " "
            return between.join(map(_text, value))
        case SecretStr():
            return value.get_secret_value()
        case Timetable():
            return value.text
        case None:
            return "off"  # of all settings only a limit is given as such
        case bool():
            return "1" if value else "0"
        case _:
            return str(value)
