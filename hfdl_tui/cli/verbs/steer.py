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
    from hfdl_tui.cli.output import emit, tell
    from hfdl_tui.cli.session import load_settings, opened_to_look
    from hfdl_tui.operations import steering
    from hfdl_tui.operations.background import see_to_work
    from hfdl_tui.operations.orders import Requeue

    settings = load_settings(asked)
    with opened_to_look(settings) as queue:
        job_id = queue.client.find_job(job)
        order = Requeue(job_id, () if task is None else (task,), cause)
        emit(steering.requeue(queue.client, order))
        see_to_work(settings, queue, job_id, tell)
    return ExitCode.COMPLETE


def _job_move(name: str, example: str) -> Verb:
    @click.argument("job")
    @click.pass_obj
    def move(asked: Asked, /, job: str) -> int:
        from hfdl_tui.cli.output import emit, tell
        from hfdl_tui.cli.session import load_settings, opened_to_look
        from hfdl_tui.operations.background import see_to_work
        from hfdl_tui.operations.orders import Cancel, Pause, Resume
        from hfdl_tui.operations.steering import move_job

        moves: dict[str, type[Pause | Resume | Cancel]] = {
            "pause": Pause,
            "resume": Resume,
            "cancel": Cancel,
        }
        settings = load_settings(asked)
        with opened_to_look(settings) as queue:
            job_id = queue.client.find_job(job)
            emit(move_job(queue.client, moves[name](job_id)))
            if name == "resume":
                see_to_work(settings, queue, job_id, tell)
        return ExitCode.COMPLETE

    return _as_verb(name, move, example)


def _worker_move(name: str, example: str) -> Verb:
    @click.argument("worker")
    @click.pass_obj
    def move(asked: Asked, /, worker: str) -> int:
        from hfdl_tui.cli.output import emit
        from hfdl_tui.cli.session import load_settings, opened_to_look
        from hfdl_tui.operations.orders import Drain, Undrain
        from hfdl_tui.operations.steering import move_worker

        order = Drain(worker) if name == "drain" else Undrain(worker)
        with opened_to_look(load_settings(asked)) as queue:
            emit(move_worker(queue.client, order))
        return ExitCode.COMPLETE

    return _as_verb(name, move, example)


def _as_verb(name: str, move: Callable[..., int], example: str) -> Verb:
    summary = VERBS[name].summary
    help_text = f"{summary[:1].upper()}{summary[1:]}."
    return click.command(name, cls=Verb, help=help_text, examples=[example])(move)


pause = _job_move("pause", "hfdl pause 3f2a")
resume = _job_move("resume", "hfdl resume 3f2a")
cancel = _job_move("cancel", "hfdl cancel 3f2a")
drain = _worker_move("drain", "hfdl drain pc-7")
undrain = _worker_move("undrain", "hfdl undrain pc-7")
