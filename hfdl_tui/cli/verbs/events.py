"""`hfdl events`: what happened to a job, or to the fleet."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(cls=Verb)
@click.argument("job", required=False)
@click.option("--follow", "-f", is_flag=True, help="Wait for more; --json is then one a line.")
@json_option
@click.pass_obj
def events(asked: Asked, /, job: str | None, follow: bool, as_json: bool) -> int:
    """The event log of JOB, or of the fleet: failures, retries, workers that came and went."""
    from hfdl_tui.cli.as_json import event_json
    from hfdl_tui.cli.output import emit_json_line, emit_json_list
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.cli.show_events import all_events, emit_event, new_events

    with opened_to_look(load_settings(asked)) as queue:
        job_id = queue.client.find_job(job) if job is not None else None
        if not follow:
            found = all_events(queue.client, job_id)
            if as_json:
                emit_json_list(map(event_json, found))
            else:
                for event in found:
                    emit_event(event)
            return ExitCode.COMPLETE
        for event in new_events(queue.client, job_id):
            emit_json_line(event_json(event)) if as_json else emit_event(event)
    return ExitCode.COMPLETE
