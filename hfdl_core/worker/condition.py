"""How a worker is: at work, idle, or kept from working, and by what."""

from typing import NamedTuple

from hfdl_core.models import LimitedBy, WorkerState
from hfdl_core.worker.admission import Admission
from hfdl_core.worker.hub_pause import HubPause
from hfdl_core.worker.lanes import LaneLine, Lanes


class Condition(NamedTuple):
    state: WorkerState
    reason: str = ""
    limited_by: LimitedBy = LimitedBy.NONE


class ConditionOf:
    """Puts a worker's condition together from those who know."""

    def __init__(self, admission: Admission, lanes: Lanes, hub_pause: HubPause) -> None:
        self._admission = admission
        self._lanes = lanes
        self._hub_pause = hub_pause
        self.is_draining = False

    @property
    def may_work(self) -> bool:
        # A lease taken while the Hub wants nothing asked would only be kept from other machines.
        return not (self.is_draining or self._lanes.are_all_broken or self._hub_pause.is_on)

    @property
    def fleet_size(self) -> int:
        """Workers alive, as far as this one has heard."""
        return self._lanes.throttle.live_workers

    def leaves_alone(self, lane: LaneLine) -> bool:
        """Whether this lane brings nothing while others may; its connections then take no work."""
        return lane.breaker.is_open and not self._lanes.are_all_broken

    @property
    def is_waiting(self) -> bool:
        """Whether it would work but for the Hub, which asked for patience."""
        return self._hub_pause.is_on

    def now(self, *, is_working: bool) -> Condition:
        if self.is_draining:
            return Condition(WorkerState.DRAINING, "asked to drain")
        if self._lanes.are_all_broken:
            reason = self._lanes.broken_because
            # A Hub that fails comes back by itself; a way there a person must mend.
            limit = LimitedBy.ACCESS if self._lanes.are_cut_off else LimitedBy.RETRY_WAIT
            return Condition(WorkerState.STEPPED_ASIDE, reason, limit)
        if self._hub_pause.is_on:
            state = WorkerState.WORKING if is_working else WorkerState.IDLE
            return Condition(state, self._hub_pause.reason, LimitedBy.HUB_BUDGET)
        if is_working:
            return self._at_work()
        if asides := self._admission.reasons():
            return Condition(WorkerState.STEPPED_ASIDE, asides[-1].reason, asides[-1].limited_by)
        return Condition(WorkerState.IDLE)

    def _at_work(self) -> Condition:
        if self._lanes.are_held_back:
            reason = "keeps within the fleet's request budget at the Hub"
            return Condition(WorkerState.WORKING, reason, LimitedBy.HUB_BUDGET)
        return Condition(WorkerState.WORKING)
