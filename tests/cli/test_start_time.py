"""What may be loaded for which verb: help must be quick, a worker small."""

import os
import subprocess
import sys

import pytest

HEAVY = {"redis", "requests", "pydantic", "textual", "rich", "huggingface_hub", "humanize"}


def _loaded(*arguments: str) -> set[str]:
    """Top-level packages that this command imports."""
    finished = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hfdl_tui", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = [line for line in finished.stderr.splitlines() if line.startswith("import time:")]
    assert lines, finished.stderr
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["status", "--help"], ["get", "--help"], ["worker", "--help"], []]
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert _loaded(*arguments) & HEAVY == set()


@pytest.mark.parametrize("arguments", [["worker"], ["--headless-worker"], ["status"]])
def test_neither_a_worker_nor_a_reader_loads_a_terminal_library(arguments: list[str]) -> None:
    loaded = _loaded(*arguments, "--redis-host", "127.0.0.1", "--redis-port", "1")

    assert {"redis", "hfdl_core"} <= loaded
    assert loaded & {"textual", "rich", "huggingface_hub"} == set()


def test_help_is_there_in_a_moment() -> None:
    """Counted in processor time: other tests share the machine."""
    best = min(_processor_seconds() for _ in range(3))

    assert best < 0.3


def _processor_seconds() -> float:
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "hfdl_tui", "--help"], capture_output=True, timeout=30, check=True
    )
    after = os.times()
    used = (after.children_user, after.children_system)
    return sum(used) - before.children_user - before.children_system
