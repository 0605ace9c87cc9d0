"""The dashboard with a probe of its event loop inside: `python -m …dashboard_probe FILE`.

When it is left it writes to FILE the longest times for which the loop did not turn, in
milliseconds, longest first, those of the first five seconds (start-up) left out.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from typing_extensions import override

from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.opening import run_dashboard

_TURN_SECONDS = 0.005
_START_SECONDS = 5.0
_KEPT = 200


class ProbedApp(HfdlApp):
    blocks: list[float] = []  # noqa: RUF012 - one app a process

    @override
    def on_mount(self) -> None:
        super().on_mount()
        self._probe = asyncio.create_task(self._turn())

    async def _turn(self) -> None:
        await asyncio.sleep(_START_SECONDS)
        while True:
            began = time.monotonic()
            await asyncio.sleep(_TURN_SECONDS)
            late = time.monotonic() - began - _TURN_SECONDS
            self.blocks.append(1000 * late)
            if len(self.blocks) > 10 * _KEPT:
                self.blocks.sort(reverse=True)
                del self.blocks[_KEPT:]


if __name__ == "__main__":
    code = run_dashboard(Settings.load({}), app_class=ProbedApp)
    Path(sys.argv[1]).write_text(json.dumps(sorted(ProbedApp.blocks, reverse=True)[:_KEPT]))
    sys.exit(code)
