"""Bytes that proved wrong are brought by another machine the next time, where there is one."""

import pytest

from hfdl_core.collector.other_sources import OtherSources
from hfdl_core.errors import OtherSourceWanted
from hfdl_core.handover import Block, FileKey
from hfdl_core.models import ByteRange, JobId, Token

FILE = FileKey(JobId("job"), 3, 1)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _block(begin: int, size: int = 10) -> Block:
    return Block(FILE, begin, bytes(size), None, Token("w1/boot.1"), begin)


def _sources(clock: Clock, *, alone: bool = False) -> OtherSources:
    sources = OtherSources(lambda _: not alone, clock)
    sources.note(3, [(ByteRange(0, 100), 0, "w1"), (ByteRange(100, 200), 0, "w2")])
    return sources


def test_who_brought_wrong_bytes_shall_not_bring_them_again() -> None:
    sources = _sources(Clock())

    with pytest.raises(OtherSourceWanted):
        sources.check(_block(95), "w1")
    with pytest.raises(OtherSourceWanted):
        sources.check(_block(95), "w2")
    sources.check(_block(95), "w3")
    sources.check(_block(100), "w1")
    sources.check(_block(0), "w2")


def test_where_nobody_else_is_the_same_one_may_try_again() -> None:
    _sources(Clock(), alone=True).check(_block(0), "w1")


def test_after_a_while_anybody_may_try_again() -> None:
    clock = Clock()
    sources = _sources(clock)

    clock.now += 31

    sources.check(_block(0), "w1")


def test_other_files_are_not_held_up() -> None:
    sources = _sources(Clock())
    other = Block(FileKey(JobId("job"), 4, 0), 0, b"x", None, Token("w1/boot.1"), 0)

    sources.check(other, "w1")
