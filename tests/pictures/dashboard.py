"""Makes the pictures of the dashboard from a job that runs: `python -m tests.pictures.dashboard`.

It plays `hfdl demo` for some 50 seconds. The screens that the README shows become PNG, too.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Final

from textual.pilot import Pilot

from hfdl_core.bootstrap import open_queue
from hfdl_core.models import TaskStatus
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.dashboard.view.tasks.task_tabs import counts_of
from hfdl_tui.demo.place import inside, place_of_a_demo
from hfdl_tui.demo.repo import REPO_ID
from hfdl_tui.demo.run import Stage, Wishes, played, set_stage, story_of
from tests.dashboard.screen import screen_text, until, until_shown
from tests.pictures.mishaps import hub_falters, server_hangs
from tests.pictures.nameless import Nameless
from tests.pictures.photo import check_png, save_png, save_svg

_SIZE: Final = (120, 36)
_SHORT: Final = (120, 30)
_NARROW: Final = (80, 23)
_IN_README: Final = frozenset({"overview", "failed-requeue"})
_PATIENCE_SECONDS: Final = 60.0
_FAULTS: Final = 8  # a few tasks wait, and no worker steps aside


def main() -> None:
    check_png()
    wishes = Wishes()
    with place_of_a_demo() as place, inside(place):
        stage = set_stage(place, wishes, lambda: Settings.load({}))
        with open_queue(stage.settings, may_start=False) as queue:
            told: list[str] = []

            def tell(text: str) -> None:
                told.append(text)
                queue.client.log(stage.job_id, "demo", text)

            with played(story_of(stage, queue, wishes, tell)):
                asyncio.run(_photographed(stage, told))


async def _photographed(stage: Stage, told: list[str]) -> None:
    app = HfdlApp(Nameless(stage.settings), HubBrowser(stage.settings), job=stage.job_id)
    async with app.run_test(size=_SIZE) as pilot:
        album = _Album(app, pilot, stage.settings.hf_endpoint)
        await album.files()
        await album.retry_queue()
        await album.wait_for(lambda: any("joins" in line for line in told))
        await album.workers()
        await album.failed_requeue()
        await album.overview()
        await album.narrow()
        await album.redis_lost()


class _Album:
    """Takes each picture when what it shows happens."""

    def __init__(self, app: HfdlApp, pilot: Pilot[int], endpoint: str) -> None:
        self._app = app
        self._pilot = pilot
        self._endpoint = endpoint

    async def wait_for(self, happened: Callable[[], bool]) -> None:
        await until(self._pilot, happened, _PATIENCE_SECONDS)

    async def files(self) -> None:
        """Some picked by a pattern, a folder and one file of another by hand."""
        await self.wait_for(lambda: self._app.desk.store.job is not None)
        await self._pilot.press("2", "o", *REPO_ID, "enter")
        await self._shown("model-00001-of")
        await self._pilot.press("ctrl+g", *".safetensors", "enter", "a", "escape", "home")
        await self._pilot.press("space", "right", "down", "space")
        await self._shown("to get")
        await self._snap("files")

    async def retry_queue(self) -> None:
        await self._pilot.press("4", "right_square_bracket")
        with hub_falters(self._endpoint, "*.safetensors", times=_FAULTS):
            await self.wait_for(lambda: screen_text(self._app).count("due") < self._waiting() - 1)
            await self._snap("retry-queue")

    async def overview(self) -> None:
        """One file is verified, and the next comes through all workers."""
        await self._pilot.press("1")
        await self.wait_for(lambda: any(file.is_verified for file in self._app.desk.store.files))
        await self._pilot.resize_terminal(*_SHORT)
        await self._fresh_look()
        await self._snap("overview")
        await self._pilot.resize_terminal(*_SIZE)

    async def workers(self) -> None:
        await self._pilot.press("3")
        await self._fresh_look()
        await self._snap("workers")

    async def narrow(self) -> None:
        await self._pilot.press("1")
        await self._pilot.resize_terminal(*_NARROW)
        await self._fresh_look()
        await self._snap("narrow")
        await self._pilot.resize_terminal(*_SIZE)

    async def failed_requeue(self) -> None:
        await self._pilot.press("4")
        await self.wait_for(lambda: self._failed() > 0)
        await self._pilot.press("right_square_bracket")
        await self._shown("FileMissing")
        with server_hangs():  # the order is under way
            await self._pilot.press("r")
            await self._snap("failed-requeue")

    async def redis_lost(self) -> None:
        await self._pilot.press("1")
        await self._fresh_look()
        with server_hangs():
            await self.wait_for(lambda: not self._app.desk.link.is_up)
            await self._snap("redis-lost")

    def _waiting(self) -> int:
        return counts_of(self._app.desk.store).get(TaskStatus.RETRYING, 0)

    def _failed(self) -> int:
        return counts_of(self._app.desk.store).get(TaskStatus.FAILED, 0)

    async def _shown(self, text: str) -> None:
        await until_shown(self._pilot, text, _PATIENCE_SECONDS)

    async def _fresh_look(self) -> None:
        """One that began after now: it asked for what this page shows."""
        for _ in range(2):
            before = self._app.desk.store.view
            self._app.look_now()
            await self.wait_for(lambda: self._app.desk.store.view is not before)  # noqa: B023

    async def _snap(self, name: str) -> None:
        await self._pilot.pause()
        made = [save_svg(self._app, name)]
        if name in _IN_README:
            made.append(save_png(made[0]))
        sys.stdout.write(f"{' '.join(path.name for path in made)}\n")


if __name__ == "__main__":
    main()
