"""What a virtual worker makes of an answer; some go on although they were told to stop."""

from random import Random

from hfdl_core.models import DownloadTask, Token
from hfdl_core.queue import Claimed, Failed, FailOutcome, Outcome, Reported
from tests.simulator.actors import VirtualWorker
from tests.simulator.calls import Call, Complete, Fail, Release
from tests.simulator.transition import Trouble

ZOMBIES = 0.3  # of those that are told LOST


def hear(worker: VirtualWorker, call: Call, answer: object, chance: Random) -> None:
    match answer:
        case Trouble.ROLLED_BACK | Trouble.EMPTIED:
            # Nothing that was held is sure any more.
            worker.holdings.clear()
        case Claimed(tasks=tasks):
            for task in tasks:
                _take(worker, task)
        case DownloadTask():
            _take(worker, answer)
        case Reported(ends=ends):
            for token, end in ends.items():
                _told_end(worker, token, end, chance)
        case _:
            if isinstance(call, Complete | Fail | Release):
                _told_outcome(worker, call.token, answer, chance)


def _take(worker: VirtualWorker, task: DownloadTask) -> None:
    is_mine = task.token.startswith(f"{worker.name}/{worker.boot}.")
    if is_mine and task.token not in worker.holdings:
        worker.take(task)


def _told_end(worker: VirtualWorker, token: Token, end: int | None, chance: Random) -> None:
    holding = worker.holdings.get(token)
    if holding is None:
        return
    if end is not None:
        holding.end = end
    elif chance.random() < ZOMBIES:
        holding.is_zombie = True
    else:
        del worker.holdings[token]


def _told_outcome(worker: VirtualWorker, token: Token, answer: object, chance: Random) -> None:
    outcome = answer.outcome if isinstance(answer, Failed) else answer
    is_lost = outcome in (Outcome.LOST, FailOutcome.LOST)
    if not is_lost or chance.random() >= ZOMBIES:
        worker.holdings.pop(token, None)
