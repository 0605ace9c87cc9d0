"""What all pages share: what is known, how it is drawn, and the orders that are under way."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hfdl_core.errors import HfdlError
from hfdl_core.models import JobId
from hfdl_tui.dashboard.errands import Errand, Errands
from hfdl_tui.dashboard.source import Source
from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.files.browser import Browser
from hfdl_tui.dashboard.view.link import Link
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.operations.orders import Order, Outcome


class Teller(Protocol):
    """Whoever can show one line to the operator."""

    def __call__(self, text: str, *, is_bad: bool = False) -> None: ...


@dataclass
class Desk:
    """One per dashboard; touched on the event loop only."""

    store: Store
    source: Source
    browser: Browser
    orders: Errands
    hub: Errands  # what asks the Hub: it may take its time, and orders do not wait for it
    glyphs: Glyphs
    flash: Teller  # one line at the bottom that goes by itself
    look_now: Callable[[], None]
    leave: Callable[[], None]
    keymap: Mapping[str, str]  # action id -> keys, where the config file says so
    read_only: bool = False
    link: Link = field(default_factory=Link)
    interval_seconds: float = 1.0
    frozen_since: float | None = None  # of the monotonic clock
    clock: Callable[[], float] = time.monotonic
    _pending: set[str] = field(default_factory=set)  # keys of rows
    _settling: set[str] = field(default_factory=set)  # done; the next look shows it

    def why_no_order(self) -> str | None:
        """Why nothing can be ordered now; None when it can."""
        if self.read_only:
            return "read-only: start hfdl without --read-only to change things"
        if not self.link.is_up:
            return "not connected to Redis: the keys that write work again when it is back"
        return None

    def order(
        self,
        order: Order,
        *,
        rows: tuple[str, ...] = (),
        on_done: Callable[[Outcome], None] | None = None,
        on_failed: Callable[[HfdlError], None] | None = None,
        on_told: Callable[[str], None] | None = None,
    ) -> None:
        """Carry it out on its own thread; `rows` show `…` until a look shows the effect.

        What it tells goes to the bottom line, and to `on_told`, line by line.
        """
        self._pending |= set(rows)

        def done(outcome: Outcome) -> None:
            self._settling |= set(rows)
            self.look_now()
            self.flash(outcome.text)
            if on_done is not None:
                on_done(outcome)

        def failed(error: HfdlError) -> None:
            self._pending -= set(rows)
            self.flash(str(error), is_bad=True)
            self.store.remark("order_failed", str(error))
            if on_failed is not None:
                on_failed(error)

        def told(text: str) -> None:
            self.flash(text)
            if on_told is not None:
                on_told(text)

        def tell(text: str) -> None:
            self.orders.say(lambda: told(text))

        self.orders.send(Errand(lambda: self.source.carry_out(order, tell), done, failed))

    def is_pending(self, row: str) -> bool:
        """Whether an order for this row has not shown its effect yet."""
        return row in self._pending

    def settle(self) -> None:
        """After each look: what was done before it is visible in it now."""
        self._pending -= self._settling
        self._settling.clear()

    def look_at(self, job_id: JobId | None) -> None:
        self.store.choose(job_id)
