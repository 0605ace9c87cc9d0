"""Readings that ask in rounds: several of them at once cost the round trips of the longest."""

from collections.abc import Generator, Sequence
from typing import Any, Generic, TypeVar

from hfdl_core.queue.connection import Command, Connection

T = TypeVar("T")

# Yields what it asks, is sent the answers in order, and returns what it has learnt.
Rounds = Generator[Sequence[Command], list[Any], T]


class Talk(Generic[T]):
    """One reading under way."""

    def __init__(self, rounds: Rounds[T]) -> None:
        self._rounds = rounds
        self._results: list[T] = []
        self.asks: Sequence[Command] = ()
        self._go_on(None)

    @property
    def is_over(self) -> bool:
        return bool(self._results)

    @property
    def result(self) -> T:
        """Only once it is over."""
        [result] = self._results
        return result

    def hear(self, answers: list[Any]) -> None:
        self._go_on(answers)

    def _go_on(self, answers: list[Any] | None) -> None:
        try:
            # A generator is begun by sending it nothing.
            self.asks = next(self._rounds) if answers is None else self._rounds.send(answers)
        except StopIteration as end:
            self.asks = ()
            self._results.append(end.value)


def hold(connection: Connection, talks: Sequence[Talk[Any]]) -> None:
    """Until all are over, one round trip for each round; the first refusal is raised."""
    while under_way := [talk for talk in talks if not talk.is_over]:
        answers = connection.commands([one for talk in under_way for one in talk.asks])
        first = 0
        for talk in under_way:
            past = first + len(talk.asks)
            talk.hear(answers[first:past])
            first = past


def alone(connection: Connection, rounds: Rounds[T]) -> T:
    """What one reading learns that shares its round trips with nobody."""
    talk = Talk(rounds)
    hold(connection, [talk])
    return talk.result
