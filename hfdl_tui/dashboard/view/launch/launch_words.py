"""What the launch dialog says: where to, how much, how long, and why it cannot begin."""

from collections.abc import Mapping
from typing import Final

from hfdl_core.errors import HfdlError
from hfdl_core.models import Delivery
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.launch.launch_estimate import Estimate
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures
from hfdl_tui.wording.printable import shorten

# Each beside its name; the longest fits into a dialog on 60 columns.
MEANINGS: Final[Mapping[Delivery, str]] = {
    Delivery.GATHER: "workers bring all bytes here",
    Delivery.SHARED: "into a directory that all workers see",
    Delivery.KEEP: "each worker keeps the files it fetched",
}
STILL_COUNTING: Final = "still counting what it takes: try again in a moment"
_LONGEST_COMMAND: Final = 180  # characters; `y` copies it whole
_OPTIONS: Final = (("-o", "destination"), ("--replace", "the box above"))


def place_line(estimate: Estimate | None) -> Spans:
    """`to HOST:PATH, free N, needs M`."""
    if estimate is None:
        return [("to …", "dim")]
    place = estimate.place
    if estimate.totals is None:
        return [(place.where, ""), (", needs …", "dim")]
    most = "at most " if estimate.missing is None else ""
    needs = f", needs {most}{figures.size(place.needed_bytes)}"
    return [(place.where, ""), (needs, "" if place.fits else "warn")]


def totals_line(estimate: Estimate | None, told: str) -> Spans:
    """`told` is how far the counting is, while it goes on."""
    if estimate is None or estimate.totals is None:
        return [(told or "counting …", "dim")]
    totals = estimate.totals
    spans: Spans = [(f"{figures.files(totals.files)}, {figures.size(totals.size)}", "bold")]
    if estimate.missing is None:
        return [*spans, (f"; {told or 'counting …'}", "dim")]
    there = totals.size - estimate.missing
    if there > 0:
        spans.append((f"; on disk already {figures.size(there)}", ""))
        spans.append((f", to download {figures.size(estimate.missing)}", ""))
    return spans


def time_line(estimate: Estimate | None, store: Store, delivery: Delivery) -> Spans:
    """How long the workers that are alive would take."""
    workers = len(store.live_workers)
    if not workers:
        return [(_nobody_yet(delivery), "dim")]
    who = f"{figures.count(workers)} worker{'' if workers == 1 else 's'} alive"
    speed = store.caps()
    if speed < 1:
        return [(f"{who}; no speed measured yet", "")]
    if estimate is None or estimate.totals is None:
        return [(f"{who}, {figures.rate(speed)} together", "")]
    left = estimate.totals.size if estimate.missing is None else estimate.missing
    return [(f"{who}, {figures.rate(speed)} together: about {figures.duration(left / speed)}", "")]


def command_line(command: str) -> Spans:
    """The same job from another machine's shell."""
    return [("elsewhere instead: ", "dim"), (shorten(command, _LONGEST_COMMAND), "accent")]


def error_lines(error: HfdlError) -> list[Spans]:
    """The error as the command line tells it; what it calls by an option is a field here."""
    text = str(error)
    fields = [f"{option} is {field}" for option, field in _OPTIONS if _names(text, option)]
    lines: list[Spans] = [[(text, "failed")]]
    if fields:
        lines.append([(f"(here {' and '.join(fields)})", "dim")])
    if error.retryable:
        lines.append([("ctrl+r tries again", "dim")])
    return lines


def why_too_small(estimate: Estimate) -> str:
    place = estimate.place
    lacking = place.needed_bytes - (place.free_bytes or 0)
    return f"{figures.size(lacking)} too little room there: free some, or name another destination"


def _names(text: str, option: str) -> bool:
    return f" {option} " in f"{text} ".replace(":", " ").replace(";", " ").replace(",", " ")


def _nobody_yet(delivery: Delivery) -> str:
    if delivery is Delivery.GATHER:
        return "no worker yet: one starts on this machine with the job; J lets others help"
    return "no worker yet: J shows how machines join"
