"""Looks at the queue's Redis: which it is, whether it lets us in, and whether it keeps a queue."""

import ipaddress
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import humanize

from hfdl_core.doctor.findings import (
    Finding,
    broken,
    doubtful,
    fine,
    milliseconds,
)
from hfdl_core.doctor.rounds import Check
from hfdl_core.embedded import ChosenRedis, EmbeddedServer, choose_redis
from hfdl_core.errors import ExitCode, QueueUnavailable
from hfdl_core.queue import RedisClient, ServerReport
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings

_CONNECT_SECONDS: Final = 3.0
_PINGS: Final = 7
_SLOW_SECONDS: Final = 0.1
_CLOCK_LOOKS: Final = 3
_CLOCK_TOLERANCE_SECONDS: Final = 5.0
_NEARLY_FULL: Final = 0.9
_ADDRESS_FIELDS: Final = ("redis_url", "redis_host", "redis_port")


@dataclass(frozen=True, slots=True)
class _Met:
    """What was measured while we were connected."""

    chosen: ChosenRedis
    report: ServerReport
    ping_seconds: float  # the median
    ahead_seconds: float  # of this machine's clock before the server's


class QueueExamination:
    """All that is asked of Redis is asked by the first check; the others judge it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._met: _Met | None = None

    def checks(self) -> tuple[Check, ...]:
        return (
            Check("redis", self._reach, ExitCode.UNREACHABLE),
            Check("redis access", self._access),
            Check("redis memory", self._memory),
            Check("redis log", self._log),
            Check("clock", self._clock),
        )

    def reached(self) -> RedisTarget | None:
        """Where the queue is; None while it was not reached."""
        return None if self._met is None else self._met.chosen.target

    def _reach(self) -> Iterator[Finding]:
        chosen = find_redis(self._settings)
        if isinstance(chosen, str):
            yield doubtful("redis", chosen)
            return
        obstacle = _obstacle(chosen.target, self._why())
        if obstacle is not None:
            yield obstacle
            return
        self._met = met = _meet(chosen)
        server = f"{met.report.flavour} {met.report.version}"
        detail = (
            f"{chosen.line}: {server} answers in {milliseconds(met.ping_seconds)}; "
            f"{self._why()}; {_who_reaches(chosen)}"
        )
        if met.ping_seconds > _SLOW_SECONDS:
            yield doubtful("redis", detail, "it is far away or busy: every claim waits for it")
        else:
            yield fine("redis", detail)

    def _why(self) -> str:
        said = [self._settings.said(field) for field in _ADDRESS_FIELDS]
        named = " and ".join(where for where in said if where)
        return f"named by {named}" if named else "found here, none is configured"

    def _access(self) -> Iterator[Finding]:
        if self._met is None:
            return
        chosen, report = self._met.chosen, self._met.report
        if report.is_replica:
            yield broken(
                "redis access",
                "it is a replica, which takes no changes",
                "give its primary's address",
                ExitCode.UNREACHABLE,
            )
        elif chosen.target.password is None and _is_for_others(chosen.target):
            yield doubtful(
                "redis access",
                "it asks for no password: whoever reaches it can change the queue",
                "set requirepass there and HFDL_REDIS_PASSWORD on each machine",
            )
        else:
            who = chosen.target.username or "the default user"
            with_password = "" if chosen.target.password is None else ", password accepted"
            yield fine("redis access", f"in as {who}{with_password}")

    def _memory(self) -> Iterator[Finding]:
        if self._met is None:
            return
        report = self._met.report
        limit = report.memory_limit_bytes
        of_all = f"of {humanize.naturalsize(limit)}" if limit else "without a limit"
        used = f"{humanize.naturalsize(report.memory_bytes)} used {of_all}"
        if report.maxmemory_policy != "noeviction":
            yield doubtful(
                "redis memory",
                f"{used}; maxmemory-policy {report.maxmemory_policy} drops parts of the queue "
                "when it is full",
                "set it to noeviction",
            )
        elif limit and report.memory_bytes > limit * _NEARLY_FULL:
            yield doubtful("redis memory", f"{used}: nearly full", "raise its maxmemory")
        else:
            yield fine("redis memory", f"{used}, nothing is dropped (noeviction)")

    def _log(self) -> Iterator[Finding]:
        if self._met is None:
            return
        report = self._met.report
        if report.is_disk_broken:
            yield broken(
                "redis log", "it cannot write its disk and may refuse changes", "free space there"
            )
        elif not report.aof_enabled:
            yield doubtful(
                "redis log", "a restart forgets the queue (appendonly no)", "set appendonly yes"
            )
        else:
            yield fine("redis log", "a restart keeps the queue (appendonly yes)")

    def _clock(self) -> Iterator[Finding]:
        if self._met is None:
            return
        ahead = self._met.ahead_seconds
        if abs(ahead) <= _CLOCK_TOLERANCE_SECONDS:
            yield fine("clock", f"{milliseconds(abs(ahead))} from that of Redis")
            return
        side = "ahead of" if ahead > 0 else "behind"
        yield doubtful(
            "clock",
            f"this machine is {humanize.intcomma(round(abs(ahead)))} s {side} Redis; hfdl goes by "
            "Redis' clock, but certificates and signed addresses need a right one here",
            "set the wrong one of both, say with `timedatectl set-ntp true`",
        )


def find_redis(settings: Settings) -> ChosenRedis | str:
    """The Redis that commands here would use; or, where they would start one, why.

    QueueUnavailable when hfdl's own server is there but does not answer.
    """
    if settings.redis_target() is None:
        EmbeddedServer.find()
    try:
        return choose_redis(settings, may_start=False)
    except QueueUnavailable as error:
        return str(error)


def _meet(chosen: ChosenRedis) -> _Met:
    with RedisClient(chosen.target, client_name="hfdl-doctor") as client:
        client.ping()  # connects
        report = client.check_server()
        pings = [client.ping() for _ in range(_PINGS)]
        # The quickest answer tells the time best.
        _, ahead = min(_look_at_clock(client) for _ in range(_CLOCK_LOOKS))
    return _Met(chosen, report, statistics.median(pings), ahead)


def _look_at_clock(client: RedisClient) -> tuple[float, float]:
    """How long the answer took, and how far this machine is ahead of it."""
    before = time.time()
    theirs = client.clock()
    after = time.time()
    return after - before, (before + after) / 2 - theirs


def _obstacle(target: RedisTarget, why: str) -> Finding | None:
    """What keeps a connection from being made, told better than by the queue's own client.

    That one tries again for a while, as a worker should.
    """
    if target.unix_socket is not None:
        return None
    try:
        socket.create_connection((target.host, target.port), timeout=_CONNECT_SECONDS).close()
    except socket.gaierror:
        detail, advice = (
            "its name is not known here (DNS)",
            "correct the name, or this machine's DNS",
        )
    except ConnectionRefusedError:
        detail = "nothing listens there"
        advice = "start it, or let it listen on that address (bind), or correct the address"
    except TimeoutError:
        detail = "nothing answers there"
        advice = f"open port {target.port} to this machine, or correct the address"
    except (OSError, UnicodeError) as error:
        detail = (getattr(error, "strerror", None) or str(error)).lower()
        advice = "check the address and the network"
    else:
        return None
    where = f"{target.describe()} cannot be reached: {detail}; {why}"
    return broken("redis", where, advice, ExitCode.UNREACHABLE)


def _who_reaches(chosen: ChosenRedis) -> str:
    if chosen.private:
        return "to join a fleet set HFDL_REDIS_URL"
    if chosen.server is not None or _is_for_others(chosen.target):
        return "other machines can use it, too"
    return "by this address only this machine can use it"


def _is_for_others(target: RedisTarget) -> bool:
    if target.unix_socket is not None:
        return False
    try:
        return not ipaddress.ip_address(target.host).is_loopback
    except ValueError:
        return target.host != "localhost"
