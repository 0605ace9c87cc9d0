"""Rate limits that hold from now on: one for the fleet, shared evenly, and one for each worker."""

from typing import Final

from hfdl_core.queue.fleet import Fleet
from hfdl_core.queue.keys import FLEET_DRAIN, FLEET_LIMITS
from hfdl_core.queue.plain_text import decoded
from hfdl_core.queue.rounds import Rounds, alone

WHOLE_FLEET: Final = "*"  # no worker can be called so


class Limits(Fleet):
    """Limits are texts as their author wrote them: each worker reads them by its own clock."""

    def set_limit(self, worker_id: str | None, limit: str) -> None:
        """For one worker, or for the whole fleet with None; UnknownWorker as with `drain`."""
        if worker_id is not None:
            self._check_known(worker_id)
        self._connection.command("HSET", FLEET_LIMITS, worker_id or WHOLE_FLEET, limit)
        self.log(None, "limited", f"{_whose(worker_id)} is limited to {limit}", worker_id or "")

    def lift_limit(self, worker_id: str | None) -> None:
        """UnknownWorker when the roster does not name it and no limit is set for it."""
        lifted = self._connection.command("HDEL", FLEET_LIMITS, worker_id or WHOLE_FLEET)
        if lifted:
            self.log(None, "limited", f"{_whose(worker_id)} has no limit now", worker_id or "")
        elif worker_id is not None:
            self._check_known(worker_id)

    def limits(self) -> dict[str | None, str]:
        """Those that are set, by worker id; the fleet's stands under None, and first."""
        _, limits = alone(self._connection, ask_orders())
        return limits


def ask_orders() -> Rounds[tuple[frozenset[str], dict[str | None, str]]]:
    """What workers are told with their next beat: who shall drain, and which limits are set."""
    draining, raw = yield [("SMEMBERS", FLEET_DRAIN), ("HGETALL", FLEET_LIMITS)]
    found = {decoded(field): decoded(text) for field, text in raw.items()}
    of_fleet = found.pop(WHOLE_FLEET, None)
    of_workers: dict[str | None, str] = {worker: found[worker] for worker in sorted(found)}
    limits = of_workers if of_fleet is None else {None: of_fleet, **of_workers}
    return frozenset(map(decoded, draining)), limits


def _whose(worker_id: str | None) -> str:
    return "the fleet" if worker_id is None else f"worker {worker_id}"
