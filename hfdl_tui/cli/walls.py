"""Turns an error into the one line that its user sees, and into an exit code."""

import os
import sys
from typing import Final

import click

from hfdl_core.errors import ExitCode, HfdlError
from hfdl_tui.cli.output import complain

# What a shell shows for a program that a closed pipe ended; other Unix tools die of the signal.
_CLOSED_PIPE: Final = 141


def told(error: Exception) -> int:
    """Say in one line what went wrong and what to do next; returns the exit code."""
    complain(_line(error))
    if isinstance(error, click.ClickException):
        return ExitCode.USAGE
    return error.exit_code if isinstance(error, HfdlError) else ExitCode.FAILED


def closed_pipe() -> int:
    """Nobody reads stdout any more: the interpreter's own last flush must not complain either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return _CLOSED_PIPE


def _line(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return _usage_line(error)
    if isinstance(error, HfdlError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror.lower()}"
    return (
        f"unexpected {type(error).__name__}: {error}; this is a fault of hfdl: "
        "run it again with --log-level DEBUG and report what it prints"
    )


def _usage_line(error: click.ClickException) -> str:
    message = error.format_message()
    line = (message[:1].lower() + message[1:]).rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None and not line.endswith("?"):
        return f"{line}; see {error.ctx.command_path} --help"
    return line
