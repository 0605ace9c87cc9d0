"""The verbs that change the course of a job or of a worker."""

from collections.abc import Callable

import click

from hfdl_core.errors import ExitCode
from hfdl_tui.cli.asked import Asked
from hfdl_tui.cli.verb import Verb
from hfdl_tui.cli.verb_table import VERBS


@click.command(
    cls=Verb,
    examples=[
        "hfdl requeue 3f2a",
        "hfdl requeue 3f2a --cause DigestMismatch",
    ],
)
@click.argument("job")
@click.option("--task", metavar="ID", help="Only this task; `hfdl tasks JOB` shows the ids.")
@click.option("--cause", metavar="TEXT", help="Only failures of this cause.")
@click.pass_obj
def requeue(asked: Asked, /, job: str, task: str | None, cause: str | None) -> int:
    """Failed tasks of JOB back to the queue, with fresh tries."""
    if task is not None and cause is not None:
        raise click.UsageError("--task and --cause exclude each other: give one of them")
    from hfdl_core.master.steering import Steering
    from hfdl_tui.cli.output import emit
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.operations.background import see_to_a_collector

    settings = load_settings(asked)
    with opened_to_look(settings) as queue:
        job_id = queue.client.find_job(job)
        number = Steering(queue.client).requeue(job_id, task_id=task, cause=cause)
        emit(f"job {job_id}: {number} failed {'task' if number == 1 else 'tasks'} requeued")
        see_to_a_collector(settings, queue, job_id)
    return ExitCode.COMPLETE


def _job_move(name: str, example: str) -> Verb:
    @click.argument("job")
    @click.pass_obj
    def move(asked: Asked, /, job: str) -> int:
        from hfdl_core.master.steering import Steering
        from hfdl_tui.cli.output import emit
        from hfdl_tui.cli.session import load_settings, opened_to_look
        from hfdl_tui.operations.background import see_to_a_collector

        settings = load_settings(asked)
        with opened_to_look(settings) as queue:
            job_id = queue.client.find_job(job)
            # A job that comes back must still have its destination; stopping one asks nothing.
            steers = Steering(queue.client) if name == "resume" else queue.client
            state = getattr(steers, name)(job_id)
            emit(f"job {job_id} is {state}")
            if name == "resume":
                see_to_a_collector(settings, queue, job_id)
        return ExitCode.COMPLETE

    return _as_verb(name, move, example)


def _worker_move(name: str, after: str, example: str) -> Verb:
    @click.argument("worker")
    @click.pass_obj
    def move(asked: Asked, /, worker: str) -> int:
        from hfdl_tui.cli.output import emit
        from hfdl_tui.cli.session import load_settings, opened_to_look

        with opened_to_look(load_settings(asked)) as queue:
            getattr(queue.client, name)(worker)
            emit(f"worker {worker} {after}")
        return ExitCode.COMPLETE

    return _as_verb(name, move, example)


def _as_verb(name: str, move: Callable[..., int], example: str) -> Verb:
    summary = VERBS[name].summary
    help_text = f"{summary[:1].upper()}{summary[1:]}."
    return click.command(name, cls=Verb, help=help_text, examples=[example])(move)


pause = _job_move("pause", "hfdl pause 3f2a")
resume = _job_move("resume", "hfdl resume 3f2a")
cancel = _job_move("cancel", "hfdl cancel 3f2a")
drain = _worker_move("drain", "takes no new work; it finishes what it has", "hfdl drain pc-7")
undrain = _worker_move("undrain", "takes work again", "hfdl undrain pc-7")
