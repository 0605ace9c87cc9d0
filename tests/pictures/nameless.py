"""A queue seen without the name of the machine that the pictures are made on."""

from dataclasses import replace

from typing_extensions import override

from hfdl_core.monitor import FleetView, Focus
from hfdl_tui.operations.live_source import LiveSource


class Nameless(LiveSource):
    """Each worker stands on a host of its own, as it would in a fleet."""

    @override
    def read(self, focus: Focus) -> FleetView:
        view = super().read(focus)
        workers = tuple(
            worker.model_copy(update={"host": f"pc-{worker.worker_id}"}) for worker in view.workers
        )
        return replace(view, workers=workers)
