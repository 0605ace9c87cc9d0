"""Looks at everything at once, and tells what was found in a fixed order and in bounded time."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.pool import AsyncResult, ThreadPool
from queue import Empty, SimpleQueue
from typing import Final

from hfdl_core.doctor.findings import Finding, Health, broken, broken_by
from hfdl_core.errors import ExitCode, HfdlError
from hfdl_core.logs import Redactor

_SECONDS_EACH: Final = 10.0

Look = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; `exit_code` is that of a look which does not come to its end."""

    name: str
    look: Look
    exit_code: int = ExitCode.FAILED


# Looked at one after another: each needs what was found before it, and a failure ends the chain.
Chain = Sequence[Check]


class Doctor:
    """Runs the chains beside each other; good for one examination."""

    def __init__(
        self, chains: Sequence[Chain], redactor: Redactor, *, seconds_each: float = _SECONDS_EACH
    ) -> None:
        self._chains = chains
        self._redactor = redactor
        self._seconds_each = seconds_each

    def examine(self) -> Iterator[Finding]:
        """What was found, chain by chain, as it comes; a check that hangs is a failure."""
        # Its threads are daemons: a disk or a name service that hangs cannot hold up our end.
        pool = ThreadPool(len(self._chains))
        try:
            for running in [_Running(pool, chain, self._seconds_each) for chain in self._chains]:
                for finding in running.findings():
                    yield self._without_secrets(finding)
        finally:
            pool.terminate()

    def _without_secrets(self, finding: Finding) -> Finding:
        hide = self._redactor.redact
        return replace(finding, detail=hide(finding.detail), advice=hide(finding.advice))


@dataclass(frozen=True, slots=True)
class _Looked:
    at: float
    findings: tuple[Finding, ...] = field(default=())


class _Running:
    """One chain under way."""

    def __init__(self, pool: ThreadPool, chain: Chain, seconds_each: float) -> None:
        self._chain = chain
        self._seconds_each = seconds_each
        self._looked: SimpleQueue[_Looked | None] = SimpleQueue()
        self._since = time.monotonic()
        self._result: AsyncResult[None] = pool.apply_async(self._run)

    def findings(self) -> Iterator[Finding]:
        for check in self._chain:
            try:
                looked = self._next()
            except Empty:
                yield self._no_answer(check)
                return
            if looked is None:
                self._result.get()  # raises what was no finding but a fault of ours
                return
            yield from looked.findings

    def _next(self) -> _Looked | None:
        left = self._since + self._seconds_each - time.monotonic()
        looked = self._looked.get(timeout=left) if left > 0 else self._looked.get_nowait()
        if looked is not None:
            self._since = looked.at
        return looked

    def _no_answer(self, check: Check) -> Finding:
        return broken(
            check.name,
            f"no answer within {self._seconds_each:.0f} s",
            "see that what it looks at is not stuck, and run the doctor again",
            check.exit_code,
        )

    def _run(self) -> None:
        try:
            for check in self._chain:
                findings = tuple(_look(check))
                self._looked.put(_Looked(time.monotonic(), findings))
                if any(finding.status is Health.FAIL for finding in findings):
                    return
        finally:
            self._looked.put(None)


def _look(check: Check) -> Iterator[Finding]:
    try:
        yield from check.look()
    except HfdlError as error:
        yield broken_by(check.name, error)
