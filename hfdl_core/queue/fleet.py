"""The fleet: who lives, who left, who shall take no more work; and its own log."""

import secrets
from collections.abc import Sequence

from hfdl_core.errors import UnknownWorker
from hfdl_core.models import JobId, WorkerStatus, WorkerView
from hfdl_core.queue.answers import Beat, LiveLimits
from hfdl_core.queue.jobs import Jobs
from hfdl_core.queue.keys import (
    FLEET_BOOTS,
    FLEET_DRAIN,
    FLEET_EPOCH,
    FLEET_EVENTS,
    FLEET_LIMITS,
    FLEET_ROSTER,
    FLEET_SEEN,
    job_key,
    worker_key,
)
from hfdl_core.queue.plain_text import decoded, one_line
from hfdl_core.queue.roll_call import RollCall
from hfdl_core.queue.roster import KEPT_SECONDS, Seen, entry_of, is_kept, views_of
from hfdl_core.queue.rounds import alone
from hfdl_core.queue.scripts import load_script
from hfdl_core.redis_target import RedisTarget

_JOBS_REMEMBERED = 50


class Fleet(Jobs):
    """Heartbeats are one script each; readers need three commands, whatever the fleet's size."""

    def __init__(self, target: RedisTarget, *, client_name: str = "hfdl") -> None:
        super().__init__(target, client_name=client_name)
        self._worked_on: dict[JobId, None] = {}
        self._has_swept = False
        self._roll_call = RollCall()

    def fleet_epoch(self) -> str:
        """Drawn when first asked for; another one than before means that Redis was emptied."""
        _, epoch = self._connection.commands(
            [("SET", FLEET_EPOCH, secrets.token_hex(8), "NX"), ("GET", FLEET_EPOCH)]
        )
        return str(epoch.decode())

    def beat(self, status: WorkerStatus) -> Beat:
        """Tell how this worker is; its status expires after a minute of silence."""
        if not self._has_swept:
            # Every start adds a line to the roster, so every start takes old ones away.
            self._has_swept = True
            self.sweep_roster()
        member = _member(status)
        entry = entry_of(status, self._remember_jobs(status))
        epoch, draining, duplicate, limit, whole, live = self._connection.run(
            load_script("beat"),
            [
                FLEET_EPOCH,
                worker_key(member),
                FLEET_SEEN,
                FLEET_ROSTER,
                FLEET_BOOTS,
                FLEET_DRAIN,
                FLEET_EVENTS,
                FLEET_LIMITS,
            ],
            [
                secrets.token_hex(8),
                member,
                status.worker_id,
                status.boot_id,
                status.model_dump_json(),
                entry.model_dump_json(),
            ],
        )
        limits = LiveLimits(decoded(limit), decoded(whole), int(live))
        return Beat(bool(draining), epoch.decode(), bool(duplicate), limits)

    def leave(self, status: WorkerStatus, how: str) -> None:
        """Say goodbye: readers then see `left` instead of `lost`."""
        member = _member(status)
        entry = entry_of(status, self._remember_jobs(status), one_line(how) or "left")
        self._connection.run(
            load_script("leave"),
            [worker_key(member), FLEET_SEEN, FLEET_ROSTER, FLEET_BOOTS, FLEET_EVENTS],
            [member, status.worker_id, status.boot_id, entry.model_dump_json(), entry.left],
        )

    def workers(self) -> list[WorkerView]:
        """The roster, by worker id; two live boots with one id are both shown as duplicates."""
        everyone = self._everyone()
        return views_of(everyone, self._unfinished(everyone))

    def sweep_roster(self) -> int:
        """Forget workers whose time on the roster is over; how many there were."""
        everyone = self._everyone()
        unfinished = self._unfinished(everyone)
        old = [seen.member for seen in everyone if not is_kept(seen, unfinished)]
        if old:
            self._connection.command("HDEL", FLEET_ROSTER, *old)
            self._connection.command("ZREM", FLEET_SEEN, *old)
        return len(old)

    def drain(self, worker_id: str) -> None:
        """No new work for this worker; UnknownWorker when the roster does not name it."""
        self._check_known(worker_id)
        self._connection.command("SADD", FLEET_DRAIN, worker_id)

    def undrain(self, worker_id: str) -> None:
        """It takes work again; UnknownWorker when the roster does not name it."""
        self._check_known(worker_id)
        self._connection.command("SREM", FLEET_DRAIN, worker_id)

    def log(self, job_id: JobId | None, kind: str, text: str, worker: str = "") -> None:
        """One line into a job's log, or into the fleet's; nothing when the job is gone."""
        # Sent once: a repeat after a lost answer would show the line twice.
        script = load_script("log")
        words = [kind, one_line(text), worker]
        if job_id is None:
            self.fleet_epoch()
            self._connection.run_once(script, [FLEET_EPOCH, FLEET_EVENTS], words)
        else:
            keys = [job_key(job_id, name) for name in script.keys]
            self._connection.run_once(script, keys, words)

    def _everyone(self) -> list[Seen]:
        _, everyone = alone(self._connection, self._roll_call.ask())
        return everyone

    def _unfinished(self, everyone: Sequence[Seen]) -> set[JobId]:
        # Only asked when somebody's day is over: most readers never need it.
        if all(seen.seconds_ago <= KEPT_SECONDS for seen in everyone):
            return set()
        return {snapshot.job_id for snapshot in self.snapshots() if not snapshot.state.is_finished}

    def _remember_jobs(self, status: WorkerStatus) -> tuple[JobId, ...]:
        for task in status.tasks:
            self._worked_on[task.job_id] = None
        for job_id in list(self._worked_on)[:-_JOBS_REMEMBERED]:
            del self._worked_on[job_id]
        return tuple(self._worked_on)

    def _check_known(self, worker_id: str) -> None:
        members = self._connection.command("HKEYS", FLEET_ROSTER)
        known = {member.decode().rpartition("/")[0] for member in members}
        if worker_id not in known:
            names = ", ".join(sorted(known)[:10]) or "nobody has joined yet"
            raise UnknownWorker(f"no worker is called {worker_id!r}: {names}")


def _member(status: WorkerStatus) -> str:
    return f"{status.worker_id}/{status.boot_id}"
