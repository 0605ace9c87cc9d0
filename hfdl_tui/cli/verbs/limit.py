"""`hfdl limit`: rate limits that hold from now on, for one worker or for the fleet."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl limit 20MB",
        "hfdl limit --worker pc-7 512k",
        "hfdl limit '08:00,512k 12:00,10M 13:00,512k 18:00,30M 23:00,off'",
        "hfdl limit off",
    ],
)
@click.option("--worker", metavar="ID", help="Only this one; default: the whole fleet.")
@click.argument("rate", required=False)
@json_option
@click.pass_obj
def limit(asked: Asked, /, worker: str | None, rate: str | None, as_json: bool) -> int:
    """Limit the workers to RATE from now on; without RATE, show the limits.

    RATE is bytes a second (500k, 2MB; 1k is 1000, 1Ki is 1024), `off`, or a timetable as rclone's
    --bwlimit takes it, read by each worker's own clock: HH:MM,RATE or Mon-HH:MM,RATE with spaces
    between. The fleet's limit is shared evenly by the workers that are alive; of several limits
    the lowest holds.
    """
    from hfdl_tui.cli.limiting import show_limits
    from hfdl_tui.cli.output import emit
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.operations.limiting import change_limit, read_limit
    from hfdl_tui.operations.orders import Limit

    if rate is not None:
        read_limit(rate)  # what is no rate is refused before a queue is looked for
    with opened_to_look(load_settings(asked)) as queue:
        if rate is not None:
            changed = change_limit(queue.client, Limit(worker, rate))
            if not as_json:
                emit(changed)
        if rate is None or as_json:
            show_limits(queue.client, worker, as_json=as_json)
    return ExitCode.COMPLETE
