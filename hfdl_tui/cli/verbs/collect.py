"""`hfdl collect`: takes over a gather job whose master is gone."""

import click

from hfdl_core.errors import DestinationRefused, UsageError
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.options import collector_options
from hfdl_tui.cli.verb import Verb


@click.command(cls=Verb, examples=["hfdl collect 3f2a", "hfdl collect 3f2a --listen"])
@click.argument("job")
@click.option(
    "--move",
    is_flag=True,
    help="Collect here though the job was made on another machine; what that has is not used.",
)
@collector_options
@click.pass_obj
def collect(asked: Asked, /, job: str, move: bool, listen: str | None, **options: object) -> int:
    """Collect JOB on this machine until it ends: workers bring its bytes, files are verified here.

    It goes on from what is on the disk. While another collector lives, this one stands by.
    """
    from hfdl_core.machine import machine_id
    from hfdl_core.models import Delivery, JobState
    from hfdl_tui.cli.attending import attend
    from hfdl_tui.cli.collecting import open_to_others
    from hfdl_tui.cli.session import load_settings, opened_to_look

    settings = load_settings(asked, **options)
    with opened_to_look(settings) as queue:
        job_id = queue.client.find_job(job)
        snapshot = queue.client.snapshot(job_id)
        spec, (machine, host) = snapshot.spec, snapshot.collects_on
        if spec.delivery is not Delivery.GATHER:
            raise UsageError(f"job {job_id} is delivered by its workers ({spec.delivery})")
        if machine != machine_id() and snapshot.state is JobState.COMPLETED:
            raise DestinationRefused(f"job {job_id} is complete, in {spec.destination} on {host}")
        if machine != machine_id() and not move:
            raise DestinationRefused(
                f"job {job_id} goes to {spec.destination} on {host}: run this there, or "
                "add --move to fetch everything again to this machine"
            )
        with open_to_others(settings, queue, listen) as address:
            return attend(settings, queue, job_id, address, is_told=True)
