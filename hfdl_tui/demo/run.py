"""`hfdl demo`: a fleet with its own Hub on this machine, shown while its story is played."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from hfdl_core.bootstrap import OpenQueue, open_queue
from hfdl_core.embedded import EmbeddedServer, ServerHome
from hfdl_core.errors import ExitCode, HfdlError
from hfdl_core.models import JobId, JobState
from hfdl_core.settings import Settings
from hfdl_tui.demo.look import Look
from hfdl_tui.demo.mishap import refuse_one_range
from hfdl_tui.demo.place import Place, inside, place_of_a_demo
from hfdl_tui.demo.story import WORKERS, Hands, Stopped, Story
from hfdl_tui.demo.troupe import Troupe
from hfdl_tui.operations.operator import Operator
from hfdl_tui.operations.orders import Requeue

Tell = Callable[[str], None]

_CHAPTER = "demo"  # the kind of its lines in the event log


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks of a demo."""

    shows: bool = True  # in the dashboard; else it is told line by line
    requeues: bool = False  # what failed, instead of leaving that to the operator
    pace: float = 1.0  # so many times as fast


@dataclass(frozen=True, slots=True)
class Stage:
    """A fleet that has begun to work."""

    troupe: Troupe
    settings: Settings
    job_id: JobId


def run_demo(wishes: Wishes, load_settings: Callable[[], Settings], tell: Tell) -> int:
    """Blocks until the demo is over; the exit code. Nothing of it is left when this returns."""
    with place_of_a_demo() as place, inside(place):
        tell(
            f"a demo in {place.root}: a pretend Hub and {len(WORKERS)} workers; nothing of it stays"
        )
        stage = set_stage(place, wishes, load_settings)
        with open_queue(stage.settings, may_start=False) as queue:
            if wishes.shows:
                return _show(stage, queue, wishes)
            return _tell_all(stage, queue, wishes, tell)


def set_stage(place: Place, wishes: Wishes, load_settings: Callable[[], Settings]) -> Stage:
    """Whatever takes its time to start does so beside the rest."""
    troupe = Troupe(place)
    troupe.start_hub()
    home = ServerHome.of_this_machine()
    if not home.state.is_relative_to(place.root):
        raise HfdlError(
            f"a demo cannot be kept apart from your own jobs: they are in {home.state}, "
            "wherever XDG_STATE_HOME leads"
        )
    EmbeddedServer.find_or_start(home)
    os.environ["HF_ENDPOINT"] = troupe.hub_endpoint()
    settings = load_settings()
    troupe.start_master()
    if wishes.shows:
        import hfdl_tui.dashboard.opening  # noqa: F401 - loaded while the master plans
    job_id = troupe.job_id()
    for name, bytes_per_second in WORKERS.items():
        troupe.start_worker(name, round(bytes_per_second * wishes.pace))
    return Stage(troupe, settings, job_id)


def _tell_all(stage: Stage, queue: OpenQueue, wishes: Wishes, tell: Tell) -> int:
    state = story_of(stage, queue, wishes, tell).play()
    return ExitCode.COMPLETE if state is JobState.COMPLETED else ExitCode.FAILED


def _show(stage: Stage, queue: OpenQueue, wishes: Wishes) -> int:
    # Nothing else of a demo loads textual.
    from hfdl_tui.dashboard.opening import run_dashboard

    def log(text: str) -> None:
        queue.client.log(stage.job_id, _CHAPTER, text)

    with played(story_of(stage, queue, wishes, log)):
        return run_dashboard(stage.settings, job=stage.job_id, outlived=False)


def story_of(stage: Stage, queue: OpenQueue, wishes: Wishes, tell: Tell) -> Story:
    operator = Operator(stage.settings, queue)
    hands = Hands(
        start_worker=stage.troupe.start_worker,
        kill=stage.troupe.kill,
        refuse_one_range=partial(refuse_one_range, stage.settings.hf_endpoint),
        requeue=lambda: operator.carry_out(Requeue(stage.job_id), tell),
        check=stage.troupe.check,
    )
    look = Look(queue.client, stage.job_id)
    return Story(look, hands, tell, pace=wishes.pace, requeues=wishes.requeues)


@contextmanager
def played(story: Story) -> Iterator[None]:
    """Beside the block, which may end before the story does; what went wrong in it leaves here."""
    with ThreadPoolExecutor(1, "story") as pool:
        playing: Future[JobState] = pool.submit(story.play)
        try:
            yield
        finally:
            story.stop()
    if not isinstance(error := playing.exception(), Stopped | None):
        raise error
