"""Does the items of a list side by side, and tells how many from the first on are done."""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait


def side_by_side(
    pool: Executor,
    count: int,
    at_once: int,
    work: Callable[[int], None],
    on_prefix: Callable[[int], None],
) -> None:
    """Run `work` for each number below `count`; `on_prefix` runs in the calling thread.

    After an error nothing more is begun; what is begun is waited for, and then the error of the
    lowest number is raised.
    """
    running: dict[Future[None], int] = {}
    errors: dict[int, BaseException] = {}
    done: set[int] = set()
    following, prefix = 0, 0
    while running or (following < count and not errors):
        while following < count and len(running) < at_once and not errors:
            running[pool.submit(work, following)] = following
            following += 1
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            number = running.pop(future)
            error = future.exception()
            if error is None:
                done.add(number)
            else:
                errors[number] = error
        while prefix in done:
            done.remove(prefix)
            prefix += 1
        on_prefix(prefix)
    if errors:
        raise errors[min(errors)]
