"""Every error is one line that says what to do, with the exit code that scripts rely on."""

import click
import pytest

from hfdl_core.errors import (
    AccessDenied,
    AmbiguousJob,
    DestinationRefused,
    DiskFull,
    HfdlError,
    JobNotRunning,
    OutputRefused,
    QueueRefused,
    QueueUnavailable,
    RepoNotFound,
    SettingsError,
    UnknownJob,
)
from hfdl_tui.cli.walls import told


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownJob("no job"), 2),
        (AmbiguousJob("several"), 2),
        (SettingsError("HFDL_REDIS_PROT"), 2),
        (DestinationRefused("in use"), 2),
        (OutputRefused("read-only"), 2),
        (JobNotRunning("paused"), 2),
        (click.UsageError("No such option."), 2),
        (QueueUnavailable("away"), 3),
        (QueueRefused("wrong password"), 3),
        (RepoNotFound("no such repo"), 3),
        (AccessDenied("gated"), 3),
        (DiskFull("full"), 1),
        (FileNotFoundError(2, "No such file or directory", "x"), 1),
        (KeyError("bug"), 1),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(error) == code

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("hfdl: ")
    assert err.count("\n") == 1


def test_an_error_text_from_elsewhere_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    told(HfdlError("a\x1b[2J\nhfdl: all fine"))

    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.rstrip("\n").isprintable()


def test_a_fault_of_our_own_says_how_to_report_it(capsys: pytest.CaptureFixture[str]) -> None:
    told(ValueError("odd"))

    assert "--log-level DEBUG" in capsys.readouterr().err
