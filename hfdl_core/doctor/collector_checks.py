"""Looks whether this machine reaches the collectors of the jobs that run."""

from collections.abc import Callable, Iterator
from multiprocessing.pool import ThreadPool
from typing import Final

from hfdl_core.doctor.findings import Finding, broken, doubtful, fine, milliseconds
from hfdl_core.doctor.rounds import Check
from hfdl_core.errors import CollectorAway
from hfdl_core.handover.addresses import candidate_urls
from hfdl_core.handover.http_client import reach
from hfdl_core.machine import machine_id
from hfdl_core.models import CollectorAddress, Delivery, JobState
from hfdl_core.queue import JobSnapshot, RedisClient
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings

_ANSWER_SECONDS: Final = 2.5
_JOBS_AT_ONCE: Final = 8
_AT_WORK: Final = frozenset({JobState.PLANNING, JobState.RUNNING})


class CollectorExamination:
    """Tries the addresses that a worker here would try, in its order."""

    def __init__(self, settings: Settings, redis: Callable[[], RedisTarget | None]) -> None:
        """`redis` is asked when the check begins: where the queue is, if it was reached."""
        self._settings = settings
        self._redis = redis

    def check(self) -> Check:
        return Check("collector", self._look)

    def _look(self) -> Iterator[Finding]:
        redis = self._redis()
        if redis is None:
            return
        with RedisClient(redis, client_name="hfdl-doctor") as client:
            jobs = [job for job in client.snapshots() if _wants_collector(job)]
        if not jobs:
            yield fine("collector", "no job that gathers is running: there is none to reach")
            return
        with ThreadPool(min(len(jobs), _JOBS_AT_ONCE)) as pool:
            yield from pool.map(lambda job: self._try(job, redis), jobs)

    def _try(self, job: JobSnapshot, redis: RedisTarget) -> Finding:
        named = f"job {job.job_id[:8]} ({job.spec.repo_id})"
        collector = job.collector
        if collector is None or not job.has_live_collector:
            host = job.spec.host if collector is None else collector.address.host
            return doubtful(
                "collector",
                f"{named}: nobody collects",
                f"on {host} run `hfdl collect {job.job_id[:8]}`",
            )
        return self._reach(named, collector.address, redis)

    def _reach(self, named: str, address: CollectorAddress, redis: RedisTarget) -> Finding:
        urls = candidate_urls(address, redis, self._settings.collector_url)
        whose = "this machine" if address.machine == machine_id() else address.host
        refusals = []
        for url in urls:
            try:
                took = reach(
                    url,
                    ca_file=self._settings.collector_ca_file,
                    proxy=self._settings.collector_proxy,
                    seconds=_ANSWER_SECONDS,
                )
            except CollectorAway as error:
                refusals.append(str(error))
            else:
                detail = f"{named} on {whose}: {url} answers in {milliseconds(took)}"
                return fine("collector", detail)
        return broken(
            "collector",
            f"{named} on {whose} cannot be reached: {', '.join(refusals) or 'it has no address'}",
            f"open port {address.port} of {whose} to this machine, start the job there with "
            "--listen, or give --collector-url",
        )


def _wants_collector(job: JobSnapshot) -> bool:
    return job.spec.delivery is Delivery.GATHER and job.state in _AT_WORK
