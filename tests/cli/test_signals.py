"""Signals are counted where they arrive and heard where it is safe."""

import os
import signal
import threading
import time

import pytest

from hfdl_tui.cli.signals import StopSignals


def test_a_signal_ends_the_wait_at_once() -> None:
    with StopSignals() as signals:
        timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM))
        timer.start()
        began = time.monotonic()

        signals.wait(30)

        timer.join()
        assert time.monotonic() - began < 5
        assert (signals.count, signals.by_terminal) == (1, False)


def test_ctrl_c_is_told_from_other_signals() -> None:
    with StopSignals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)

        signals.wait(1)

        assert (signals.count, signals.by_terminal) == (2, True)


def test_another_thread_can_end_the_wait_before_it_begins() -> None:
    with StopSignals() as signals:
        for _ in range(100_000):
            signals.wake()
        began = time.monotonic()

        signals.wait(30)

        assert time.monotonic() - began < 5


def test_handlers_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)

    with StopSignals():
        pass

    assert signal.getsignal(signal.SIGINT) is before


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with StopSignals() as signals:
            os.kill(os.getpid(), signal.SIGHUP)

            signals.wait(0.05)

            assert signals.count == 0
    finally:
        signal.signal(signal.SIGHUP, before)
