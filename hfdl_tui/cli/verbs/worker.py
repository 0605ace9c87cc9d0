"""`hfdl worker` and `hfdl --headless-worker`: takes work until it is stopped."""

import click

from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import fetch_options, reach_options
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl --redis-host 192.168.1.100 worker",
        "hfdl worker --worker-id pc-7 --output-dir /data --exit-when-idle 60",
        "HFDL_REDIS_URL=redis://192.168.1.100 hfdl --headless-worker",
    ],
)
@click.option(
    "--worker-id", metavar="ID", help="Its name in the fleet; default: made of the host's."
)
@click.option(
    "--output-dir",
    "-o",
    metavar="DIR",
    help="Relative destinations lie under it; default: the working directory.",
)
@click.option(
    "--allow-path",
    metavar="DIR",
    multiple=True,
    help="Absolute destinations may lie under it, too; repeatable.",
)
@click.option(
    "--grace",
    "grace_seconds",
    metavar="SECONDS",
    help="Time to finish what is in hand when stopped.",
)
@click.option("--job", metavar="JOB", help="Only this job; ends with it. One on each machine.")
@click.option("--exit-when-idle", metavar="SECONDS", help="End after so long without work.")
@fetch_options
@reach_options
@click.pass_obj
def worker(asked: Asked, /, job: str | None, **options: object) -> int:
    """Take work from the queue and fetch it, until stopped.

    Ctrl-C or SIGTERM finishes what is in hand within the grace and gives the rest back; a second
    one gives everything back at once. Exit code 0 unless Ctrl-C ended it (130).
    """
    from hfdl_tui.cli.serving import serve, serve_job
    from hfdl_tui.cli.session import load_settings

    settings = load_settings(asked, **options)
    return serve(settings) if job is None else serve_job(settings, job)
