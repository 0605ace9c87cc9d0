"""`hfdl master`: makes a job and returns."""

from typing import Any

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.job_options import apart, job_options, refuse_what_is_not_built
from hfdl_tui.cli.options import collector_options, hub_options, json_option
from hfdl_tui.cli.verb import Verb


@click.command(
    cls=Verb,
    examples=[
        "hfdl master owner/name",
        'hf-downloader --redis-host 192.168.1.100 --redis-port 6380 master "owner/name"',
        "hfdl master owner/name --include '*.parquet' -o /mnt/nas/name --deliver shared",
        "hfdl master owner/name -o /data/name --deliver gather --listen",
        "hfdl master owner/name --dry-run",
    ],
)
@job_options(deliver_default="keep")
@collector_options
@hub_options
@json_option
@click.pass_obj
def master(
    asked: Asked, /, dry_run: bool, as_json: bool, listen: str | None, **options: Any
) -> int:
    """Create the job for REPO and print its id; workers do the rest.

    With --deliver gather it stays, and collects what the workers bring until the job ends.

    REPO is owner/name, or a huggingface.co link. The same command again follows, resumes, requeues
    or repairs the job. With --deliver keep a relative DIR lies under each worker's --output-dir.
    """
    job, machine = apart(options)
    refuse_what_is_not_built(job)
    from hfdl_core.bootstrap import make_master
    from hfdl_core.models import Delivery
    from hfdl_tui.cli import planning
    from hfdl_tui.cli.attending import attend
    from hfdl_tui.cli.collecting import open_to_others
    from hfdl_tui.cli.output import emit, tell
    from hfdl_tui.cli.session import load_settings, opened

    settings = load_settings(asked, **machine)
    request = planning.request_of(job)
    with opened(settings) as queue:
        with make_master(settings, queue) as node:
            if dry_run:
                planning.dry_run(node, request, as_json=as_json)
                return ExitCode.COMPLETE
            submitted = planning.submit(node, request, queue)
        if as_json:
            planning.emit_submitted(submitted)
        else:
            emit(f"Job ID: {submitted.job_id}")
        if submitted.spec.delivery is Delivery.GATHER:
            with open_to_others(settings, queue, listen) as address:
                return attend(settings, queue, submitted.job_id, address, is_told=not as_json)
        if not as_json:
            tell(f"workers fetch it; follow it with: hfdl status {submitted.job_id} --watch")
    return ExitCode.COMPLETE
