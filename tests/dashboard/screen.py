"""What tests of the dashboard see of it, and how they wait."""

import asyncio
import functools
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from textual.app import App
from textual.pilot import Pilot

PATIENCE_SECONDS = 10.0
_STILL_LOOKS = 6

_Given = ParamSpec("_Given")


def awaited(test: Callable[_Given, Coroutine[Any, Any, None]]) -> Callable[_Given, None]:
    """A test that may await: `@awaited async def test_...`, fixtures as ever."""

    @functools.wraps(test)
    def run(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def screen_text(app: App[Any]) -> str:
    """The visible screen as lines of text, without what is blank at their ends."""
    # The only private call of the tests: Textual has no public way to read its screen.
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def until(
    pilot: Pilot[Any], condition: Callable[[], bool], patience: float = PATIENCE_SECONDS
) -> None:
    """Let the app work until this holds; fails with the screen when it does not, in seconds."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"not within {patience} s:\n{screen_text(pilot.app)}"
        await pilot.pause(0.02)


async def until_shown(pilot: Pilot[Any], text: str, patience: float = PATIENCE_SECONDS) -> None:
    """Wait until this text can be read somewhere on the screen."""
    await until(pilot, lambda: text in screen_text(pilot.app), patience)


async def until_still(pilot: Pilot[Any], patience: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing is painted any more but figures: scroll bars come a frame after rows."""
    seen: list[str] = []

    def is_still() -> bool:
        seen.append(re.sub(r"\d", "0", screen_text(pilot.app)))
        return len(seen) >= _STILL_LOOKS and len(set(seen[-_STILL_LOOKS:])) == 1

    await until(pilot, is_still, patience)
