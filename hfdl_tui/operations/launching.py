"""Makes jobs: plans them, remembers their command, and sees that work on them begins."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from hfdl_core.bootstrap import OpenQueue, make_master
from hfdl_core.errors import OutputRefused
from hfdl_core.machine import JobMade, JobsMade, command_without_secrets
from hfdl_core.master import DryRun, JobRequest, Submitted, SubmittedHow
from hfdl_core.models import Delivery, JobSpec
from hfdl_core.settings import Settings
from hfdl_tui.operations.background import Tell, see_to_work
from hfdl_tui.operations.joining import JoinAdvice, advice_of
from hfdl_tui.operations.orders import Launch, Outcome
from hfdl_tui.operations.telling import NOTHING_WANTED, stage_line, submitted_line

logger = logging.getLogger(__name__)

_DEFAULT_ATTEMPTS: Final = JobRequest.model_fields["max_attempts"].default


def launch(settings: Settings, queue: OpenQueue, order: Launch, tell: Tell) -> Outcome:
    """Make or find the job; its collector and, where nobody else can, a worker run then.

    HubError, QueueError and UsageError leaves; nothing is queued then. CollectorAway when the job
    is made, but its collector or worker does not start.
    """
    with make_master(settings, queue) as master:
        submitted = master.submit(order.request, lambda progress: tell(stage_line(progress)))
    if submitted.files_total == 0:
        tell(NOTHING_WANTED)
    remember(submitted, queue, _same_again(order.request, submitted.spec))
    advice = None
    if submitted.how is not SubmittedHow.ALREADY_COMPLETE:
        advice = _begin(settings, queue, submitted, tell)
    return Outcome(
        submitted_line(submitted),
        job_id=submitted.job_id,
        join=() if advice is None else advice.lines,
    )


def dry_run(settings: Settings, queue: OpenQueue, request: JobRequest, tell: Tell) -> DryRun:
    """What the job would be; nothing is written to the queue or to a disk."""
    with make_master(settings, queue) as master:
        return master.dry_run(request, lambda progress: tell(stage_line(progress)))


def remember(submitted: Submitted, queue: OpenQueue, arguments: Sequence[str]) -> None:
    """Keep the command that made the job for a queue that forgets it."""
    job = JobMade(
        job_id=submitted.job_id,
        repo=submitted.spec.repo_id,
        command=command_without_secrets(arguments),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        redis=queue.line,
    )
    try:
        JobsMade.of_this_machine().record(job)
    except OutputRefused as error:
        logger.warning("%s", error)  # the job runs all the same


def command_for(request: JobRequest) -> str:
    """The command that makes the same job, quoted for a shell; without secrets."""
    return command_without_secrets(_arguments(request))


def _begin(
    settings: Settings, queue: OpenQueue, submitted: Submitted, tell: Tell
) -> JoinAdvice | None:
    """How other machines join, where they are to do the work."""
    advice = advice_of(queue)
    is_for_us = submitted.spec.delivery is Delivery.GATHER or advice is None
    see_to_work(settings, queue, submitted.job_id, tell, is_launched=is_for_us)
    if not is_for_us and advice is not None:
        tell(advice.text)
    return advice


def _same_again(request: JobRequest, spec: JobSpec) -> list[str]:
    """With the destination that was made of it: the command may be given elsewhere."""
    if spec.delivery is Delivery.KEEP:
        return _arguments(request)
    return _arguments(request.model_copy(update={"destination": spec.destination}))


def _arguments(request: JobRequest) -> list[str]:
    options = [
        ("--repo-type", request.repo_type),
        ("--revision", request.revision),
        *(("--include", pattern) for pattern in request.include),
        *(("--exclude", pattern) for pattern in request.exclude),
        ("--deliver", None if request.delivery is Delivery.GATHER else request.delivery),
        ("--max-attempts", _other_than(request.max_attempts, _DEFAULT_ATTEMPTS)),
        ("-o", request.destination),
    ]
    return [
        *("hfdl", "get", request.repo),
        *(str(word) for option in options if option[1] is not None for word in option),
    ]


def _other_than(number: int, default: int) -> int | None:
    return None if number == default else number
