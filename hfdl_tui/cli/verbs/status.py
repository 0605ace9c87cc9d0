"""`hfdl status`: how jobs stand, once or until they end."""

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import json_option
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl status",
        "hfdl status 3f2a --watch",
        "hfdl status --json | jq '.[].eta_seconds'",
    ],
)
@click.argument("job", required=False)
@click.option("--watch", is_flag=True, help="Follow to the end; a full sentence a change.")
@json_option
@click.pass_obj
def status(asked: Asked, /, job: str | None, watch: bool, as_json: bool) -> int:
    """All jobs, or one by any unique beginning of its id.

    With --watch it ends when the job ends: exit code 0 when every file is verified, 1 when files
    failed or it was cancelled.
    """
    from hfdl_core.bootstrap import make_monitor
    from hfdl_tui.cli import watch as watching
    from hfdl_tui.cli.as_json import job_json
    from hfdl_tui.cli.output import emit_json, emit_json_list
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.cli.show_jobs import emit_job, emit_jobs

    with opened_to_look(load_settings(asked)) as queue:
        monitor = make_monitor(queue)
        job_id = queue.client.find_job(job) if job is not None else None
        if watch:
            return watching.watch(monitor, job_id, as_json=as_json)
        if job_id is None:
            jobs = monitor.statuses()
            emit_json_list(map(job_json, jobs)) if as_json else emit_jobs(jobs)
        else:
            one = monitor.status(job_id)
            emit_json(job_json(one)) if as_json else emit_job(one)
    return ExitCode.COMPLETE
