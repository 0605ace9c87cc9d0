"""Asks for a rate limit, of some workers or of the whole fleet, and orders it."""

from collections.abc import Sequence

from textual.screen import Screen

from hfdl_core.timetable import Timetable
from hfdl_tui.dashboard.desk import Desk
from hfdl_tui.dashboard.dialogs.ask import Ask
from hfdl_tui.operations.orders import Limit
from hfdl_tui.wording.printable import printable

_HOW = (
    "A rate such as 500k or 2MB, or by the clock: 08:00,512k 18:00,30M 23:00,off\n"
    "off takes the limit away."
)


def ask_limit(
    screen: Screen[None], desk: Desk, worker_ids: Sequence[str], rows: tuple[str, ...] = ()
) -> None:
    """Of these workers; of the whole fleet when there are none. `rows` wait for the effect."""
    limits = desk.store.view.limits if desk.store.view else {}
    targets: list[str | None] = list(worker_ids) or [None]

    def answered(text: str | None) -> None:
        for target in targets if text else ():
            desk.order(Limit(target, (text or "").strip()), rows=rows)

    dialog = Ask(
        "Rate limit",
        f"{_whose(worker_ids)}\n{_HOW}",
        _wrong,
        value=printable(limits.get(targets[0], "")),
        placeholder="off",
        ascii_only=desk.glyphs.is_ascii,
    )
    screen.app.push_screen(dialog, answered)


def _whose(worker_ids: Sequence[str]) -> str:
    match len(worker_ids):
        case 0:
            return "What the whole fleet together may fetch a second; its workers share it evenly."
        case 1:
            return f"What {printable(worker_ids[0])} may fetch a second."
        case many:
            return f"What each of the {many} marked workers may fetch a second."


def _wrong(text: str) -> str | None:
    try:
        Timetable.parse(text)
    except ValueError as error:
        return str(error)
    return None
