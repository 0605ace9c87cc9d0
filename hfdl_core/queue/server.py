"""What kind of server answers, and whether a queue is safe on it."""

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from hfdl_core.errors import QueueRefused
from hfdl_core.queue.answers import ServerReport
from hfdl_core.queue.room import QueueRoom

_OLDEST: Final = (7, 0)
_DISK_STATES: Final = ("aof_last_write_status", "rdb_last_bgsave_status")


class Server(QueueRoom):
    """Questions about the server itself, not about jobs."""

    def ping(self) -> float:
        """Seconds of one round trip; QueueUnavailable, QueueRefused."""
        begun = time.monotonic()
        self._connection.command("PING")
        return time.monotonic() - begun

    def clock(self) -> float:
        """The server's time, in seconds as `time.time` counts them."""
        seconds, microseconds = self._connection.command("TIME")
        return int(seconds) + int(microseconds) / 1e6

    def check_server(self) -> ServerReport:
        """QueueRefused for a server that is too old; warnings for one that may lose the queue."""
        found: Mapping[str, Any] = self._connection.command("INFO")
        version = str(found.get("redis_version", "0"))
        where = self._connection.target.describe()
        if _numbers(version) < _OLDEST:
            raise QueueRefused(
                f"{where} is Redis {version} and hfdl needs 7.0 or newer: "
                "update it, or use Valkey or `hfdl server`"
            )
        policy = str(found.get("maxmemory_policy", "unknown"))
        aof_enabled = bool(found.get("aof_enabled", 0))
        return ServerReport(
            version=str(found.get("valkey_version", version)),
            flavour=str(found.get("server_name", "redis")),
            maxmemory_policy=policy,
            aof_enabled=aof_enabled,
            warnings=tuple(_warnings(where, policy, aof_enabled=aof_enabled)),
            is_replica=found.get("role") == "slave",
            is_disk_broken=any(found.get(name, "ok") != "ok" for name in _DISK_STATES),
            memory_bytes=int(found.get("used_memory", 0)),
            memory_limit_bytes=int(found.get("maxmemory", 0)),
        )


def _warnings(where: str, policy: str, *, aof_enabled: bool) -> list[str]:
    warnings = []
    if policy != "noeviction":
        warnings.append(
            f"{where} may drop parts of the queue when its memory is full "
            f"(maxmemory-policy {policy}): set it to noeviction"
        )
    if not aof_enabled:
        warnings.append(
            f"{where} forgets the queue when it is restarted (appendonly no): set appendonly yes"
        )
    return warnings


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
