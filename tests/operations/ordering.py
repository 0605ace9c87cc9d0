"""Carries out one order as a process of its own, as a dashboard does that is then closed."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict

from hfdl_core.bootstrap import OpenQueue, open_queue
from hfdl_core.errors import HfdlError
from hfdl_core.master import JobRequest
from hfdl_core.models import Delivery, JobId
from hfdl_core.settings import Settings
from hfdl_tui.operations.operator import Operator
from hfdl_tui.operations.orders import (
    Cancel,
    Launch,
    OpenToOthers,
    Order,
    Requeue,
    Resume,
    Verify,
)

Words = list[str]

_ORDERS: Mapping[str, Callable[[Words], Order]] = {
    "launch": lambda words: Launch(
        JobRequest(repo=words[0], destination=words[1], delivery=Delivery(words[2]), max_attempts=1)
    ),
    "cancel": lambda words: Cancel(JobId(words[0])),
    "resume": lambda words: Resume(JobId(words[0])),
    "requeue": lambda words: Requeue(JobId(words[0])),
    "verify": lambda words: Verify(JobId(words[0])),
    "open": lambda words: OpenToOthers(JobId(words[0]), words[1]),
}


def main(kind: str, words: Words) -> int:
    settings = Settings.load({})
    with open_queue(settings, may_start=True) as queue:
        return _carried_out(settings, queue, _ORDERS[kind](words))


def _carried_out(settings: Settings, queue: OpenQueue, order: Order) -> int:
    try:
        outcome = Operator(settings, queue).carry_out(order, lambda line: print(line, flush=True))
    except HfdlError as error:
        print(json.dumps({"error": error.cause, "text": str(error)}))
        return 1
    print(json.dumps(asdict(outcome)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
