"""`hfdl queue`: how many tasks are in which state."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(cls=Verb)
@json_option
@click.pass_obj
def queue(asked: Asked, /, as_json: bool) -> int:
    """Counts of tasks per state, per job."""
    from hfdl_core.bootstrap import make_monitor
    from hfdl_tui.cli.as_json import counts_json
    from hfdl_tui.cli.output import emit_json_list
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.cli.show_jobs import emit_counts

    with opened_to_look(load_settings(asked)) as opened:
        counts = make_monitor(opened).counts()
    if as_json:
        emit_json_list(map(counts_json, counts))
    else:
        emit_counts(counts)
    return ExitCode.COMPLETE
