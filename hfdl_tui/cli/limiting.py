"""Shows the rate limits of a fleet."""

from datetime import UTC, datetime

from hfdl_core.queue import RedisClient
from hfdl_core.timetable import Timetable
from hfdl_tui.cli.output import emit, emit_json_list
from hfdl_tui.cli.table import Column, Fit, emit_table
from hfdl_tui.wording import figures

_COLUMNS = (Column("WHO"), Column("NOW", Fit.RIGHT), Column("LIMIT", Fit.SHRINK))


def show_limits(client: RedisClient, worker: str | None, *, as_json: bool) -> None:
    """All of them, or one worker's."""
    limits = client.limits()
    if worker is not None:
        limits = {worker: limits[worker]} if worker in limits else {}
    now = {whose: _now(text) for whose, text in limits.items()}
    if as_json:
        emit_json_list(
            {"worker_id": whose, "limit": text, "bytes_per_second": now[whose]}
            for whose, text in limits.items()
        )
    elif limits:
        emit_table(
            _COLUMNS,
            [
                ("the fleet" if whose is None else whose, _shown(now[whose]), text)
                for whose, text in limits.items()
            ],
        )
    else:
        emit("no limit is set; `hfdl limit RATE` sets one for the fleet")


def _now(text: str) -> int | None:
    """By this machine's clock; each worker goes by its own."""
    try:
        return Timetable.parse(text).rate_at(datetime.now(UTC).astimezone())
    except ValueError:
        return None  # set by a version that knows more; the text is shown as it is


def _shown(rate: int | None) -> str:
    return "no limit" if rate is None else figures.rate(rate)
