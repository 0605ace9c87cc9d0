"""`hfdl demo`: what hfdl looks like at work, with nothing but this machine."""

import sys
from importlib import import_module
from typing import Final

import click

from hfdl_core.errors import ExitCode, UsageError
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.verb import Verb

_ITS_OWN: Final = ("redis_", "config")


@click.command(
    cls=Verb,
    examples=[
        "hfdl demo",
        "hfdl demo --auto",
        "hfdl demo --no-screen --pace 3",
    ],
)
@click.option("--auto", is_flag=True, help="Plays by itself: requeues what failed, too.")
@click.option(
    "--no-screen", is_flag=True, help="One line a chapter instead of the dashboard; means --auto."
)
@click.option(
    "--pace",
    metavar="FACTOR",
    type=click.FloatRange(0.1, 20.0),
    default=1.0,
    show_default=True,
    help="So many times as fast, caps and story alike.",
)
@click.pass_obj
def demo(asked: Asked, /, auto: bool, no_screen: bool, pace: float) -> int:
    """Show a download at work: a pretend Hub, six capped workers, and the dashboard.

    In about 90 seconds one file comes through six workers at once, a worker dies, and a file fails:
    then it is up to you (4, then r). No network, no token; your own jobs are neither seen nor
    touched, and nothing is left behind.
    """
    if any(name.startswith(_ITS_OWN) for name in asked.options):
        raise UsageError("a demo has a queue of its own: leave --redis options and --config out")
    if not no_screen and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the demo's dashboard needs a terminal; `hfdl demo --no-screen` does not")
    from hfdl_core.settings import Settings
    from hfdl_tui.cli.output import complain, emit, tell
    from hfdl_tui.cli.session import load_settings, quiet_unless_asked

    def settings() -> Settings:
        loaded = load_settings(asked)
        quiet_unless_asked(loaded)
        return loaded

    # Named, not imported: what it shows in the end needs what the command line must do without.
    run = import_module("hfdl_tui.demo.run")
    wishes = run.Wishes(shows=not no_screen, requeues=auto or no_screen, pace=pace)
    try:
        return int(run.run_demo(wishes, settings, emit if no_screen else tell))
    except KeyboardInterrupt:
        complain("the demo is over; nothing of it is left")
        return ExitCode.INTERRUPTED
