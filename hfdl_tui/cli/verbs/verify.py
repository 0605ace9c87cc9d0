"""`hfdl verify`: whether what lies on the disk is what the Hub lists."""

import click

from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl verify ./name",
        "hfdl verify 3f2a --json",
    ],
)
@click.argument("target", metavar="DIR|JOB")
@json_option
@click.pass_obj
def verify(asked: Asked, /, target: str, as_json: bool) -> int:
    """Re-hash every file of a download on this machine.

    DIR is a directory that hfdl or `hf download --local-dir` made; it needs no Redis. JOB is the
    beginning of a job's id, whose destination is then looked at here. Exit code 0 when everything
    is there and right, else 1.
    """
    from hfdl_tui.cli.session import load_settings
    from hfdl_tui.cli.verifying import verify_here

    return verify_here(load_settings(asked), target, as_json=as_json)
