"""The fleet's table: one repo through 8 capped hosts, against what their links allow.

    uv run python -m tests.benchmarks.fleet [--size 1GiB] [--rows one,cut] [--runs 3]
    uv run python -m tests.benchmarks.fleet --scaling

Needs root: it makes its own network (tests/netlab), with a pretend Hub, a Redis, and real hfdl
processes. The limit is what one curl gets through one host capped at 8 Mbit/s, times the hosts
(where caps differ or change: what is left of their sum; rows with an accident also tell the share
of all caps as they were at first, of which seven hosts can reach 0.933). The clock runs from the
plan's `job_sealed` event, with idle workers alive, to the last rename in the destination. Every
run is compared with the source by sha256.
"""

import argparse
import re
import statistics
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from hfdl_core.worker.run_task import FILES_AT_ONCE
from tests.benchmarks import fleet_peers, fleet_scaling
from tests.benchmarks.fleet_rows import EIGHT, MB, ROWS, AtHalf, Delivery, Row
from tests.benchmarks.fleet_run import FleetRun, Outcome, Repo
from tests.benchmarks.fleet_shapes import MIB, SMALL_FILES, Shape
from tests.benchmarks.fleet_stage import Stage
from tests.netlab import why_not

_SMALL: Final = "small"
_PEERS: Final = "peers"
_PEERS_PART: Final = 0.25
_UNITS: Final = {"MiB": MIB, "GiB": 1024 * MIB}


def main() -> int:
    given = _arguments()
    missing = why_not()
    if missing is not None:
        print(missing, file=sys.stderr)
        return 2
    if given.scaling:
        return fleet_scaling.main(given)
    return Table(given).show()


class Table:
    """Rows as they come; a run that fails is told and the next one begins."""

    def __init__(self, given: argparse.Namespace) -> None:
        rows = [row for row in ROWS if row.name in given.rows]
        asked = Delivery(given.deliver) if given.deliver else None
        self._rows = [replace(row, delivery=asked or row.delivery) for row in rows]
        self._with_peers = _PEERS in given.rows
        self._given = given
        self._failures = 0

    def show(self) -> int:
        parts = {(row.shape, self._bytes_of(row.part)) for row in self._rows}
        parts.add((Shape.ONE, self._bytes_of(_PEERS_PART)))
        with Stage(len(EIGHT), parts) as self._stage:
            self._payload = self._stage.payload_of_a_cap()
            print(
                f"limit: one curl through one host of 8 Mbit/s gets {self._payload:.4f} MB/s; "
                f"8 of them {8 * self._payload:.3f} MB/s"
            )
            print(f"{'row':<28}{'MB':>6}{'s':>9}{'of limit':>10}{'bar':>6}{'again':>10}{'busy':>6}")
            for row in self._rows:
                self._show_runs(row)
            if self._with_peers:
                self._show_peers()
        return 1 if self._failures else 0

    def _bytes_of(self, part: float) -> int:
        return int(self._given.size * part)

    def _show_runs(self, row: Row) -> None:
        repo = self._stage.repo(row.shape, self._bytes_of(row.part))
        outcomes = []
        for _ in range(self._given.runs):
            try:
                outcomes.append(self._run(row, repo))
            except AssertionError as error:
                self._failures += 1
                print(f"{row.title:<28} FAILED: {error}", flush=True)
                continue
            self._tell(row, repo, outcomes[-1])
        if len(outcomes) > 1:
            median = statistics.median(outcome.of_limit for outcome in outcomes)
            print(f"{'':<28} median of limit {median:.3f}", flush=True)
        if row.name == _SMALL and outcomes:
            self._tell_small(row, repo, outcomes[-1])

    def _run(self, row: Row, repo: Repo) -> Outcome:
        run = FleetRun(self._stage.lab, self._stage.hub, self._given.connections)
        return run.run(row, repo, self._payload)

    def _tell(self, row: Row, repo: Repo, outcome: Outcome) -> None:
        bar = row.bars[self._given.size >= 1024 * MIB]
        happened = row.at_half is not AtHalf.NOTHING
        undisturbed = f"  ({outcome.of_all_caps:.3f} of all caps)" if happened else ""
        print(
            f"{row.title:<28}{repo.nbytes / MB:>6.0f}{outcome.seconds:>9.2f}"
            f"{outcome.of_limit:>10.3f}{bar or '':>6}"
            f"{outcome.fetched_again / MIB:>7.2f}MiB{outcome.machine_busy:>6.0%}{undisturbed}",
            flush=True,
        )

    def _tell_small(self, row: Row, repo: Repo, outcome: Outcome) -> None:
        """Its links are idle: what counts is how many answers are waited for at once."""
        at_once = len(row.caps) * self._given.connections * FILES_AT_ONCE
        with self._stage.hub.answering_after(row.answer_seconds):
            into = self._stage.lab.base / "peer"
            hf = fleet_peers.hf_download(
                self._stage.lab.hosts[0], self._stage.hub, repo, into
            ).finished()
        for name, seconds, asked, lines in (
            ("hfdl", outcome.seconds, outcome.requests_to_site, at_once),
            (hf.name, hf.seconds, hf.requests_to_site, 8),
        ):
            waiting = asked * row.answer_seconds / lines
            print(
                f"  {name}: {SMALL_FILES / seconds:.0f} files/s; {asked / SMALL_FILES:.1f} answers "
                f"a file x {row.answer_seconds * 1000:.0f} ms, {lines} at once: "
                f"{waiting:.1f} s of {seconds:.1f} s are waiting for the Hub"
            )
        print(
            f"  the rest of hfdl's time is the processors, which all hosts share here: "
            f"{outcome.machine_busy:.0%} busy"
        )
        print(f"  hfdl is {hf.seconds / outcome.seconds:.1f} times as fast", flush=True)

    def _show_peers(self) -> None:
        """Side by side on hosts of their own; each is limited by its own link alone."""
        repo, stage = self._stage.repo(Shape.ONE, self._bytes_of(_PEERS_PART)), self._stage
        first, second = stage.lab.hosts[:2]
        both = [
            fleet_peers.hf_download(first, stage.hub, repo, stage.lab.base / "peer-1"),
            fleet_peers.aria2c(second, stage.hub, repo, stage.lab.base / "peer-2"),
        ]
        with ThreadPoolExecutor() as pool:
            runs = pool.map(lambda peer: peer.finished(), [peer for peer in both if peer])
        for run in runs:
            limit = 8 * self._payload * MB
            print(
                f"{run.name + ' on one host':<28}{run.nbytes / MB:>6.0f}{run.seconds:>9.2f}"
                f"{run.rate / limit:>10.3f}{'':>6}{run.fetched_again / MIB:>7.2f}MiB",
                flush=True,
            )


def _size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(MiB|GiB)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no size like 256MiB or 1GiB")
    return int(found[1]) * _UNITS[found[2]]


def _listed(names: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        asked = text.split(",")
        if unknown := set(asked) - set(names):
            raise argparse.ArgumentTypeError(f"no row is called {', '.join(sorted(unknown))}")
        return asked

    return read


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [row.name for row in ROWS] + [_PEERS]
    parser.add_argument("--size", type=_size, default=256 * MIB, help="256MiB, 1GiB, ...")
    parser.add_argument("--rows", type=_listed(names), default=names, help=",".join(names))
    parser.add_argument("--runs", type=int, default=1, help="of each row")
    parser.add_argument("--connections", type=int, default=2, help="of each worker")
    parser.add_argument("--deliver", choices=list(Delivery), help="in every row, instead of its")
    parser.add_argument("--scaling", action="store_true", help="1, 2, 4, 8, 16 hosts; a picture")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
