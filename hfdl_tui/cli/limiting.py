"""Sets and shows the rate limits of a fleet."""

from datetime import UTC, datetime

from hfdl_core.errors import UsageError
from hfdl_core.queue import RedisClient
from hfdl_core.timetable import Timetable
from hfdl_tui.cli.output import emit, emit_json_list
from hfdl_tui.cli.table import Column, Fit, emit_table
from hfdl_tui.wording import figures

_COLUMNS = (Column("WHO"), Column("NOW", Fit.RIGHT), Column("LIMIT", Fit.SHRINK))


def read_limit(text: str) -> Timetable:
    """UsageError for what is no rate."""
    try:
        return Timetable.parse(text)
    except ValueError as error:
        raise UsageError(f"limit {text}: {error}") from error


def change_limit(
    client: RedisClient, worker: str | None, limit: Timetable, *, is_told: bool
) -> None:
    """UnknownWorker for who is no worker."""
    if limit.is_off:
        client.lift_limit(worker)
    else:
        client.set_limit(worker, limit.text)
    if is_told:
        whose = "the fleet" if worker is None else f"worker {worker}"
        after = "has no limit now" if limit.is_off else f"is limited to {limit.text}"
        emit(f"{whose} {after}")


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
