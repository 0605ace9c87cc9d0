"""`hfdl get`: makes the job, works on it here, shows how it goes, ends with the verdict."""

from typing import Any

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.job_options import apart, job_options, refuse_what_is_not_built
from hfdl_tui.cli.options import collector_options, fetch_options, json_option, reach_options
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl get owner/name",
        "hfdl get owner/name --include 'data/*.parquet' -o /data/name",
        "hfdl get https://huggingface.co/datasets/owner/name --revision v1.0",
    ],
)
@job_options(deliver_default="gather")
@collector_options
@fetch_options
@reach_options
@json_option
@click.pass_obj
def get(asked: Asked, /, dry_run: bool, as_json: bool, listen: str | None, **options: Any) -> int:
    """Download REPO into DIR: plan, local worker, progress, verified result.

    REPO is owner/name, or a huggingface.co link. Interrupted, it gives its work back and keeps what
    is on disk: the same command goes on from there. Exit code 0 only when every file is verified.
    """
    job, machine = apart(options)
    refuse_what_is_not_built(job)
    from hfdl_core.bootstrap import make_master
    from hfdl_tui.cli import getting, planning
    from hfdl_tui.cli.collecting import open_to_others
    from hfdl_tui.cli.session import load_settings, opened, quiet_unless_asked

    # Ctrl-C gives the work back at once: what is on disk stays, and the same command goes on.
    settings = load_settings(asked, grace_seconds=0.0, **machine)
    quiet_unless_asked(settings)
    request = planning.request_of(job)
    with opened(settings) as queue:
        with make_master(settings, queue) as master:
            if dry_run:
                planning.dry_run(master, request, as_json=as_json)
                return ExitCode.COMPLETE
            submitted = planning.submit(master, request, queue)
        with open_to_others(settings, queue, listen) as address:
            return getting.fetch_here(settings, queue, submitted.job_id, address, as_json=as_json)
