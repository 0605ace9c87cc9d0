"""Keys that come faster than the screen answers, as in bursts over a slow network."""

import pytest
from textual.events import Key
from textual.widgets import Input

from tests.dashboard.fakes import FakeSource, a_job, a_view, a_worker
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, until

# Each of these letters is a key of the page as well: drain, pause, another page.
BURST = "Dp1"


@pytest.mark.parametrize("page", ["3", "5"])
@awaited
async def test_what_is_typed_behind_the_slash_goes_into_the_filter(page: str) -> None:
    source = FakeSource(a_view([a_job()], [a_worker()]))
    async with running(source) as (app, pilot):
        await pilot.press(page)
        await pilot.pause()
        here = app.page

        for key, character in [("slash", "/"), *((letter, letter) for letter in BURST)]:
            app.post_message(Key(key, character))

        line = app.screen.query_one(Input)
        await until(pilot, lambda: line.value == BURST)
        assert app.focused is line
        assert app.page is here
        assert not source.orders
