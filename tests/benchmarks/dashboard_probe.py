"""The dashboard with a probe of its event loop inside: `python -m …dashboard_probe FILE`.

When it is left it writes to FILE for how long its loop did not turn; the first five seconds
(start-up) and its end are left out.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from typing_extensions import override

from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.opening import run_dashboard
from tests.benchmarks.loop_turns import Turns

_START_SECONDS = 5.0


class ProbedApp(HfdlApp):
    turns = Turns()  # one app a process

    @override
    def on_mount(self) -> None:
        super().on_mount()
        self._probe = asyncio.create_task(self._watch())

    @override
    def exit(self, *given: Any, **named: Any) -> None:
        self._probe.cancel()
        super().exit(*given, **named)

    async def _watch(self) -> None:
        await asyncio.sleep(_START_SECONDS)
        await self.turns.watch()


if __name__ == "__main__":
    code = run_dashboard(Settings.load({}), app_class=ProbedApp)
    ProbedApp.turns.write(Path(sys.argv[1]))
    sys.exit(code)
