"""The logs of jobs and of the fleet: read from a place on, or followed from look to look."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from hfdl_core.models import Event, JobId, RepoFile
from hfdl_core.queue.answers import LogMark, LogNews
from hfdl_core.queue.connection import ScriptCall
from hfdl_core.queue.keys import FLEET_EVENTS, job_key
from hfdl_core.queue.plain_text import decoded
from hfdl_core.queue.plan_files import PlanFiles, unless_gone
from hfdl_core.queue.rounds import Rounds, alone
from hfdl_core.queue.scripts import load_script

_MOST_LINES: Final = 200  # of one look
_MOST_WHEN_BEHIND: Final = 1000

_Line = tuple[str, dict[str, str]]  # its id and fields


class EventLog(PlanFiles):
    """A log keeps its newest 10,000 lines or so."""

    def events(self, job_id: JobId | None, *, after: str = "-", limit: int = 1000) -> list[Event]:
        """The log of a job, or of the fleet, oldest first; `after` is the last id already seen."""
        return alone(self._connection, self._ask_events(job_id, after, limit))

    def _ask_events(self, job_id: JobId | None, after: str, limit: int) -> Rounds[list[Event]]:
        start = "-" if after == "-" else f"({after}"
        [entries] = yield [("XRANGE", _stream(job_id), start, "+", "COUNT", limit)]
        lines = [(decoded(event_id), _decoded_fields(raw.items())) for event_id, raw in entries]
        files: dict[int, RepoFile] = {}
        if job_id is not None:
            files = yield from self._ask_files(job_id, _indexes(lines))
        return [_event(job_id, line, files) for line in lines]

    def _ask_news(self, job_id: JobId | None, mark: LogMark) -> Rounds[LogNews]:
        """What was written since; at the first look the newest lines."""
        most = _MOST_WHEN_BEHIND if mark.is_behind else _MOST_LINES
        call = ScriptCall(
            load_script("news"), [_stream(job_id)], (mark.event_id, mark.number, most)
        )
        [[written, kept, is_anew, entries]] = yield [call]
        if is_anew:
            entries.reverse()  # told newest first
        lines = [
            (decoded(event_id), _decoded_fields(zip(flat[::2], flat[1::2], strict=True)))
            for event_id, flat in entries
        ]
        files: dict[int, RepoFile] = {}
        if job_id is not None:
            # A log is worth reading without paths, too.
            files = yield from unless_gone(self._ask_files(job_id, _indexes(lines)), {})
        missed = 0 if is_anew else max(0, written - kept - mark.number)
        number = written if is_anew else mark.number + missed + len(lines)
        return LogNews(
            events=tuple(_event(job_id, line, files) for line in lines),
            missed=missed,
            mark=LogMark(
                event_id=lines[-1][0] if lines else mark.event_id,
                number=number,
                is_behind=number < written,
            ),
        )


def _stream(job_id: JobId | None) -> str:
    return FLEET_EVENTS if job_id is None else job_key(job_id, "ev")


def _indexes(lines: Iterable[_Line]) -> set[int]:
    return {int(fields["file"]) for _, fields in lines if fields["file"]}


def _decoded_fields(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {decoded(name): decoded(value) for name, value in pairs}


def _event(job_id: JobId | None, line: _Line, files: dict[int, RepoFile]) -> Event:
    event_id, fields = line
    file = files.get(int(fields["file"])) if fields["file"] else None
    return Event(
        event_id=event_id,
        at=datetime.fromtimestamp(int(event_id.partition("-")[0]) / 1000, UTC),
        job_id=job_id or "",
        kind=fields["kind"],
        text=fields["text"],
        worker=fields["worker"],
        path="" if file is None else file.path,
    )
