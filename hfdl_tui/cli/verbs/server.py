"""`hfdl server`: hfdl's own queue, open to other machines while this runs."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl server",
        "hfdl server --listen 192.168.1.100:6380",
    ],
)
@click.option(
    "--listen",
    metavar="ADDR",
    help="Address and port; default 0.0.0.0:6380, all addresses of this machine.",
)
@click.pass_obj
def server(asked: Asked, /, listen: str | None) -> int:
    """Open this machine's own queue to other machines until stopped.

    The line with which they join is printed on stdout; it holds the password. --redis-password-file
    sets one of your own. Jobs made here before are in it.
    """
    from hfdl_tui.cli.hosting import host
    from hfdl_tui.cli.session import load_settings

    host(load_settings(asked), listen)
    return ExitCode.COMPLETE
