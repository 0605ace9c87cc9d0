"""`hfdl tasks`: the tasks of one job."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb

_STATES = ["in_progress", "retrying", "failed", "pending", "completed"]
_SHOWN = 100


@click.command(
    cls=Verb,
    examples=[
        "hfdl tasks 3f2a --state failed",
        "hfdl tasks 3f2a --json | jq -r '.[] | select(.state == \"failed\") | .path'",
    ],
)
@click.argument("job")
@click.option("--state", type=click.Choice(_STATES), help="Only these.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(0),
    help=f"At most N of each state, 0 for all; default: {_SHOWN}, with --json all.",
)
@json_option
@click.pass_obj
def tasks(asked: Asked, /, job: str, state: str | None, limit: int | None, as_json: bool) -> int:
    """The tasks of JOB: id, state, range, try, worker, error."""
    from hfdl_core.models import TaskStatus
    from hfdl_tui.cli.as_json import task_json
    from hfdl_tui.cli.output import emit_json_list
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.cli.show_tasks import emit_tasks, tasks_of

    if limit is None and not as_json:
        limit = _SHOWN
    states = [TaskStatus(name) for name in ([state] if state else _STATES)]
    with opened_to_look(load_settings(asked)) as queue:
        job_id = queue.client.find_job(job)
        found = tasks_of(queue.client, job_id, states, limit or None)
        if as_json:
            emit_json_list(map(task_json, found))
        else:
            emit_tasks(found, limit or None)
    return ExitCode.COMPLETE
