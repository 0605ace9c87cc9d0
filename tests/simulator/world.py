"""The model world: one real server, one job in it, virtual workers, disks and time."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from typing_extensions import override

from hfdl_core.errors import JobNotRunning, PlanMismatch, QueueEmptied, QueueRolledBack, UnknownJob
from hfdl_core.queue import Failed, RedisClient
from hfdl_core.queue.sequence import ERA
from tests.redis_servers import RedisServer
from tests.simulator.actors import Actor, VirtualWorker
from tests.simulator.calls import (
    BeginAgain,
    Call,
    Claim,
    Complete,
    Fail,
    PublishAgain,
    Release,
    Reopen,
    SealAgain,
    Steal,
    begin,
    publish,
    seal,
)
from tests.simulator.disks import held_again
from tests.simulator.endings import Endings
from tests.simulator.file_map import HOME, FileMap
from tests.simulator.hearing import hear
from tests.simulator.invariants import check_ground_truth, check_invariants
from tests.simulator.job_plan import PAGE_SIZE, JobPlan, make_plan
from tests.simulator.judge import judge
from tests.simulator.ledger import Ledger
from tests.simulator.queue_state import QueueState, read_state
from tests.simulator.transition import Transition, Trouble, clamped
from tests.simulator.violation import expect
from tests.simulator.virtual_time import VirtualTime

WORKERS = 8
_REMEMBERED_CALLS = 60


@dataclass(frozen=True, slots=True)
class Performed:
    """One line of the trace."""

    step: int
    actor: str
    call: object
    answer: object

    @override
    def __str__(self) -> str:
        return f"{self.step:6} {self.actor:9} {self.call} -> {self.answer}"


class World:
    """Calls are made one after another, as Redis runs scripts."""

    def __init__(
        self,
        plan: JobPlan,
        server: RedisServer,
        make_client: Callable[[str], RedisClient],
        chance: Random,
    ) -> None:
        self.plan = plan
        self.server = server
        self.chance = chance
        self.job_id = plan.spec.job_id
        self.workers = [
            VirtualWorker(f"worker-{n}", make_client(f"worker-{n}")) for n in range(WORKERS)
        ]
        self.master = Actor("master", make_client("master"))
        self.reader = make_client("reader")
        self.ledgers: defaultdict[str, Ledger] = defaultdict(Ledger)  # by epoch
        self.time = VirtualTime(server, self.job_id)
        self.listener: Callable[[Performed], None] = lambda _: None
        self.trace: deque[Performed] = deque(maxlen=_REMEMBERED_CALLS)
        self.repeatable: deque[tuple[Actor, Call]] = deque(maxlen=_REMEMBERED_CALLS)
        self._endings: defaultdict[str, Endings] = defaultdict(Endings)  # by epoch
        self.tally: Counter[str] = Counter()
        self.log_was_cut = False
        self.step = 0
        self._latest_ms = 0.0
        self._seen: tuple[QueueState, FileMap] | None = None

    def look(self) -> tuple[QueueState, FileMap]:
        """The present state; read anew only when something has changed it."""
        if self._seen is None:
            state = read_state(self.server.client, self.job_id)
            self._seen = state, FileMap.of(state, self.plan)
        return self._seen

    @property
    def state(self) -> QueueState:
        return self.look()[0]

    @property
    def ledger(self) -> Ledger:
        """Of the present record: what was done under another epoch proves nothing."""
        return self.ledgers[self.state.epoch]

    @property
    def endings(self) -> Endings:
        return self._endings[self.state.epoch]

    def disturb(self, what: str) -> None:
        """Something changed the state past the queue."""
        self._remember(Performed(self.step, "fault", what, ""))
        self._seen = None

    def _remember(self, performed: Performed) -> None:
        self.trace.append(performed)
        self.listener(performed)

    def check(self) -> None:
        state, files = self.look()
        check_invariants(state, files, self.plan, self.ledger)

    def plan_job(self) -> None:
        """Publish and seal, with a master that dies in between and one that plans otherwise."""
        client, plan = self.master.client, self.plan
        half = self.chance.randrange(len(plan.pages))
        if self.chance.random() < 0.5:
            other = make_plan(self.chance, plan.spec.delivery, self.job_id)
            publish(client, other, begin(client, other), other.pages[1:4])
        epoch = begin(client, plan)
        publish(client, plan, epoch, plan.pages[:half])
        expect(begin(client, plan) == epoch, "the same plan got another epoch")
        self._expect_mismatch(lambda: seal(client, plan, epoch), "pages are missing")
        publish(client, plan, epoch, plan.pages)
        seal(client, plan, epoch)
        self._expect_mismatch(
            lambda: client.begin_plan(plan.spec, "another-plan", PAGE_SIZE), "it is sealed"
        )
        self._seen = None
        self.master.heard(epoch, self.state.seq)
        self.check()

    def _expect_mismatch(self, act: Callable[[], object], why: str) -> None:
        try:
            act()
        except PlanMismatch:
            return
        expect(False, "a plan was accepted although {}", why)

    def start_over(self) -> None:
        """The job is deleted and the same command is given again; workers do not know."""
        self.master.client.delete(self.job_id)
        self.disturb("the job was deleted")
        self.plan_job()

    def perform(self, actor: Actor, call: Call, *, is_heard: bool = True) -> object:
        """Make a call and judge it; an answer that is not heard was lost on its way."""
        before, map_before = self.look()
        answer = self._ask(actor, call)
        self._remember(Performed(self.step, actor.name, call, answer))
        self.tally[_kind(call, answer)] += 1
        self._seen = None
        after, map_after = self.look()
        if isinstance(call, BeginAgain):
            # It asks for the record whatever its epoch and age.
            actor.epoch = ""
        else:
            self._check_history(actor, call, before, after, answer)
        virtual_ms = after.now_ms + self.time.shifted_ms
        # A clock that has been set back has already let old endings be forgotten.
        self._latest_ms = max(self._latest_ms, virtual_ms)
        transition = Transition(
            plan=self.plan,
            call=call,
            answer=answer,
            before=before,
            after=after,
            map_before=map_before,
            map_after=map_after,
            endings=self.endings,
            latest_ms=self._latest_ms,
        )
        judge(transition)
        self._note_endings(transition)
        if isinstance(call, Reopen) and after.gen != before.gen:
            home = map_after.at(call.file_index, HOME)
            self.ledger.reopened(call.file_index, call.generation, call.ranges, home)
        if self.log_was_cut and isinstance(call, Claim | Steal):
            # An old claim whose lease was lost with the log may have been granted once more.
            held_again(self.workers, after, self.plan, self.ledger)
        self._note_left_behind(transition)
        for file_index in map_after.differing(map_before):
            check_ground_truth(after, map_after, self.plan, self.ledger, file_index)
        self.repeatable.append((actor, call))
        if isinstance(actor, VirtualWorker) and is_heard:
            hear(actor, call, answer, self.chance)
        return answer

    def _note_left_behind(self, transition: Transition) -> None:
        call = transition.call
        for lease in () if isinstance(call, Reopen) else transition.ended():
            told = lease.position
            if isinstance(call, Complete | Fail | Release) and call.token == lease.token:
                told = clamped(lease, call.position)
            if isinstance(call, Fail) and lease.task_id.startswith("b:"):
                told = min(told, lease.end - 1)  # one file must be the one that failed
            self.ledger.left_behind(lease, told, self.plan)
        for old, now in transition.kept():
            if now.end < old.end:
                self.ledger.left_behind(old, now.end, self.plan)

    def _note_endings(self, transition: Transition) -> None:
        call, answer = transition.call, transition.answer
        for lease in transition.ended():
            verb = "not by its holder"
            if isinstance(call, Complete | Fail | Release):
                verb = type(call).__name__.lower()
            attempt = answer.attempt if isinstance(answer, Failed) else 0
            if isinstance(answer, Trouble):  # nobody knows which attempt it was
                self.endings.forget_all()
                return
            self.endings.note(
                lease.token, verb, attempt, transition.after.now_ms + self.time.shifted_ms
            )

    def _ask(self, actor: Actor, call: Call) -> object:
        try:
            return call.perform(actor.client, self.job_id)
        except QueueRolledBack:
            return Trouble.ROLLED_BACK
        except (QueueEmptied, UnknownJob):
            return Trouble.EMPTIED
        except (JobNotRunning, PlanMismatch):
            return Trouble.REFUSED

    def _check_history(
        self,
        actor: Actor,
        call: Call,
        before: QueueState,
        after: QueueState,
        answer: object,
    ) -> None:
        """A flush and a rollback are noticed, exactly by those who can know of it."""
        cached = actor.epoch
        spoken_of = call.epoch if isinstance(call, PublishAgain | SealAgain) else cached
        is_other_job = after.epoch == "" or spoken_of not in {"", after.epoch}
        was_told = answer is Trouble.EMPTIED
        expect(is_other_job == was_told, "{} knows {}: {}", actor.name, actor.epoch, answer)
        if was_told:
            actor.forget()
            return
        if isinstance(call, Reopen) and answer is Trouble.REFUSED:
            return  # an error tells no sequence number
        known, answered = actor.known_seq(after.epoch), before.seq + 1
        went_back = answered <= known
        # Whoever notices begins a new era of numbers, from which all others learn of it.
        must_know = went_back or (known > 0 and answered // ERA != known // ERA)
        was_told = answer is Trouble.ROLLED_BACK
        expect(must_know == was_told, "{} knew {}: {} at {}", actor.name, known, answer, answered)
        is_told_to_others = after.seq // ERA > known // ERA
        expect(is_told_to_others or not went_back, "{} kept a rollback to itself", actor.name)
        actor.heard(after.epoch, after.seq)
        if isinstance(call, SealAgain) or (isinstance(call, PublishAgain) and cached):
            actor.epoch = cached  # the epoch was given: what the client knows stays as it was


def _kind(call: Call, answer: object) -> str:
    """For the tally of what a run has met."""
    outcome = answer.outcome if isinstance(answer, Failed) else answer
    name = type(call).__name__.lower()
    if isinstance(outcome, StrEnum | Trouble):
        return f"{name} {outcome.value}"
    return f"{name} {'nothing' if outcome is None else 'something'}"
