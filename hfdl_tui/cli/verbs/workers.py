"""`hfdl workers`: who works, how fast, on what."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(cls=Verb)
@json_option
@click.pass_obj
def workers(asked: Asked, /, as_json: bool) -> int:
    """Workers, their last heartbeat, speed, and what each is doing."""
    from hfdl_tui.cli.as_json import worker_json
    from hfdl_tui.cli.output import emit_json_list
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.cli.show_workers import emit_workers

    with opened_to_look(load_settings(asked)) as queue:
        fleet = queue.client.workers()
    if as_json:
        emit_json_list(map(worker_json, fleet))
    else:
        emit_workers(fleet)
    return ExitCode.COMPLETE
