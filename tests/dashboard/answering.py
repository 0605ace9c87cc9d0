"""How soon the dashboard answers: from a key to what it paints, and while Redis does not."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from typing_extensions import override

from hfdl_core.settings import Settings
from hfdl_tui.dashboard.app import HfdlApp
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.operations.live_source import LiveSource
from tests.dashboard.screen import screen_text

_PATIENCE_SECONDS = 10.0


class Answer(NamedTuple):
    """To one key, in milliseconds; what is not its own the loop waited, or the machine was busy."""

    wall: float
    own: float  # processor time of the loop's thread


class AnsweringApp(HfdlApp):
    """Notices what is painted the moment it is, and not at the next look at the screen."""

    _wanted = ""
    _painted: "asyncio.Future[Answer]"
    _began = (0.0, 0.0)

    async def answer(self, key: str, text: str) -> Answer:
        """Press the key, as a terminal does, until this text is painted."""
        shown = screen_text(self)
        assert text not in shown, shown
        self._painted = asyncio.get_running_loop().create_future()
        self._wanted, self._began = text, (time.perf_counter(), time.thread_time())
        self.simulate_key(key)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._painted

    @override
    def post_display_hook(self) -> None:
        # While updates are held back nothing of what was drawn reaches a terminal.
        if self._wanted and not self._batch_count and self._wanted in screen_text(self):
            self._wanted = ""
            wall, own = self._began
            seconds = time.perf_counter() - wall, time.thread_time() - own
            self._painted.set_result(Answer(*(1000 * each for each in seconds)))


@contextmanager
def live_dashboard(url: str, *, job: str | None = None) -> Iterator[AnsweringApp]:
    """Over a real Redis and without a Hub; to be run inside."""
    settings = Settings.load({"redis_url": url}, {"HF_ENDPOINT": "http://127.0.0.1:1"})
    source = LiveSource(settings)
    try:
        yield AnsweringApp(source, HubBrowser(settings), job=job)
    finally:
        source.close()


def is_unread(port: int) -> bool:
    """Whether something was sent to this port of this machine that nobody has read yet."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    sockets = [(words[1], words[4]) for words in map(str.split, rows)]
    return any(
        address.endswith(f":{port:04X}") and int(queues.partition(":")[2], 16) > 0
        for address, queues in sockets
    )
