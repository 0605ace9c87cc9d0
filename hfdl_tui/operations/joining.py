"""How other machines join: what to type on them, and how they are let in."""

import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from hfdl_core.bootstrap import FIRST_PORT, OpenQueue
from hfdl_core.embedded import EmbeddedServer, JoinLine, ListenAddress
from hfdl_core.machine import is_loopback, machine_id
from hfdl_core.models import Delivery, JobId
from hfdl_core.queue import JobSnapshot
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings
from hfdl_tui.operations.background import Tell, see_to_work
from hfdl_tui.operations.environment import redis_url
from hfdl_tui.operations.orders import EVERYWHERE, OpenToOthers, Outcome

_OPEN_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class JoinAdvice:
    """How other machines come to this queue; the lines to type there may hold its password."""

    text: str
    lines: tuple[str, ...]


def advice_of(queue: OpenQueue) -> JoinAdvice | None:
    """None while no other machine can reach the queue."""
    if queue.own is not None:
        join = queue.own.join_line()
        return None if join is None else _advice_of_own(join)
    target = queue.client.target
    if target.unix_socket is not None or is_loopback(target.host):
        return None
    return JoinAdvice(configured_advice(queue), (_line_of(target),))


def configured_advice(queue: OpenQueue) -> str:
    """For a Redis that is not hfdl's own."""
    return f"each other machine joins with the address of {queue.line}: hfdl --headless-worker"


def what_opens(settings: Settings, listen: str) -> str:
    """What to confirm before it is done: address and both ports. UsageError for no address."""
    address = ListenAddress.parse(listen)
    hosts = ", ".join(address.reachable_hosts())
    port = settings.collector_port or FIRST_PORT
    return (
        f"opens {address.host} ({hosts}) to other machines: port {address.port} for the queue, "
        f"port {port} or the next free one for the files; both ask for a secret"
    )


def open_to_others(
    settings: Settings, queue: OpenQueue, order: OpenToOthers, tell: Tell
) -> Outcome:
    """Let other machines reach the queue, and every collector of this machine follows it.

    It stays open until hfdl's own server ends. QueueUnavailable when the address cannot be
    listened on, UsageError when it is none.
    """
    if queue.own is None:
        return _outcome_of_configured(queue)
    join = _open_own(settings, queue.own, order.listen)
    text = f"open to other machines at {join.listen}"
    if order.job_id is not None:
        text += _open_collector(settings, queue, order.job_id, join, tell)
    return Outcome(text, job_id=order.job_id, join=join.lines)


def _outcome_of_configured(queue: OpenQueue) -> Outcome:
    advice = advice_of(queue)
    if advice is None:
        return Outcome(
            f"only this machine reaches {queue.line}: name one that others reach with "
            "HFDL_REDIS_URL, or none, and hfdl's own server is opened"
        )
    return Outcome(advice.text, join=advice.lines)


def _open_own(settings: Settings, own: EmbeddedServer, listen: str) -> JoinLine:
    already = own.join_line()
    if already is not None and listen in {EVERYWHERE, str(already.listen)}:
        return already  # whoever has joined is not to be cut off
    return own.open(ListenAddress.parse(listen), settings.redis_password)


def _open_collector(
    settings: Settings, queue: OpenQueue, job_id: JobId, join: JoinLine, tell: Tell
) -> str:
    """See that the job's collector is reached, too; what there is to add about it."""
    see_to_work(settings, queue, job_id, tell)
    give_up_at = time.monotonic() + _OPEN_SECONDS
    while True:
        snapshot = queue.client.snapshot(job_id)
        if snapshot.spec.delivery is not Delivery.GATHER or snapshot.state.is_finished:
            return ""
        if (port := _port_for_others(snapshot, join)) is not None:
            return f"; files are taken at port {port}"
        machine, host = snapshot.collects_on
        if machine != machine_id():
            return f"; files are collected on {host}, which is to be reached, too"
        if time.monotonic() >= give_up_at:
            return f"; but the collector of job {job_id} stays closed: its log tells why"
        time.sleep(_LOOK_SECONDS)


def _port_for_others(snapshot: JobSnapshot, join: JoinLine) -> int | None:
    if snapshot.collector is None or not snapshot.has_live_collector:
        return None
    address = snapshot.collector.address
    found = {urlsplit(url).hostname for url in address.urls}
    return address.port if found & set(join.hosts) else None


def _advice_of_own(join: JoinLine) -> JoinAdvice:
    return JoinAdvice(
        f"the queue is open at {join.listen}; on each other machine: hfdl --headless-worker",
        join.lines,
    )


def _line_of(target: RedisTarget) -> str:
    scheme, _, place = redis_url(target).partition("://")
    password = "" if target.password is None else target.password.get_secret_value()
    login = f"{quote(target.username or '', safe='')}:{quote(password, safe='')}@"
    url = f"{scheme}://{login if password else ''}{place}"
    return f"HFDL_REDIS_URL='{url}' hfdl --headless-worker"
