"""Broken queues: tokens, positions, thefts, and where the work of an ended lease goes."""

from hfdl_core.models import Delivery
from tests.simulator.mutation import Mutant

_GATHER = (Delivery.GATHER,)
_KEEP = (Delivery.KEEP,)
_OF_ANYBODY = (
    "(function() local p = redis.call('HGET', job.live, id) return p and cmsgpack.unpack(p) end)()"
)

MUTANTS = (
    Mutant(
        "complete ignores the token",
        "complete",
        "held(job, id, token)",
        _OF_ANYBODY,
    ),
    Mutant("report ignores the token", "report", "held(job, id, token)", _OF_ANYBODY),
    Mutant("fail ignores the token", "fail", "held(job, id, token)", _OF_ANYBODY),
    Mutant("release ignores the token", "release", "held(job, id, token)", _OF_ANYBODY),
    Mutant(
        "a position may pass the lease's end",
        "records",
        "math.max(lease.p, math.min(position, lease.e))",
        "math.max(lease.p, position)",
        _GATHER,
    ),
    Mutant(
        "a position may go back",
        "records",
        "math.max(lease.p, math.min(position, lease.e))",
        "math.min(position, lease.e)",
    ),
    Mutant(
        "positions are added up",
        "records",
        "math.max(lease.p, math.min(position, lease.e))",
        "math.min(lease.p + position, lease.e)",
    ),
    Mutant(
        "a repeated complete is answered LOST",
        "complete",
        "== 'complete' and 'already' or 'lost'",
        "== 'complete' and 'lost' or 'lost'",
    ),
    Mutant(
        "a repeated release is answered LOST",
        "release",
        "== 'release' and 'already' or 'lost'",
        "== 'release' and 'lost' or 'lost'",
    ),
    Mutant(
        "a repeated failure forgets its attempt",
        "fail",
        "redis.call('HSET', job.over, token, 'fail ' .. attempt)",
        "",
    ),
    Mutant(
        "a repeated claim takes more",
        "claim",
        "local id = redis.call('HGET', job.tok, token)",
        "local id = nil",
    ),
    Mutant(
        "the token of an ended lease gets another one",
        "claim",
        "and redis.call('HEXISTS', job.over, token) == 0 then",
        "then",
    ),
    Mutant(
        "complete credits up to the lease's end, whatever the position",
        "complete",
        "forward(lease, position)",
        "lease.e",
    ),
    Mutant(
        "complete credits up to the end in the name, beyond a thief's begin",
        "complete",
        "local work, reached = parse(id), forward(lease, position)",
        "local work = parse(id) lease.e = work.e local reached = forward(lease, position)",
        _GATHER,
    ),
    Mutant(
        "what is left goes back up to the end in the name",
        "counting",
        "return range_id(work.index, work.generation, position, lease.e)",
        "return range_id(work.index, work.generation, position, work.e)",
        _GATHER,
    ),
    Mutant(
        "what is left goes back from the begin",
        "counting",
        "return range_id(work.index, work.generation, position, lease.e)",
        "return range_id(work.index, work.generation, lease.b, lease.e)",
        _GATHER,
    ),
    Mutant(
        "what is left of a batch is lost",
        "counting",
        "local rest = batch_rest(sizes, work, position)",
        "local rest = nil",
    ),
    Mutant(
        "the others of a batch are lost when one fails",
        "fail",
        "if others then to_pending(job, others, lease.s) end",
        "",
    ),
    Mutant(
        "the rest of an unfinished lease is lost",
        "complete",
        "if rest then to_pending(job, rest, lease.s) end",
        "",
    ),
    Mutant(
        "a released lease is lost",
        "release",
        "if rest then to_pending(job, rest, lease.s) end",
        "",
    ),
    Mutant(
        "an unfinished whole file counts",
        "complete",
        "if work.kind == 'f' and reached >= lease.e then",
        "if work.kind == 'f' then",
        _KEEP,
    ),
    Mutant(
        "a thief gets the end in the victim's name",
        "steal",
        "local work, stolen_end = parse(id), victim.e",
        "local work = parse(id) local stolen_end = work.e",
        _GATHER,
    ),
    Mutant("the victim keeps its end", "steal", "  victim.e = cut\n", "", _GATHER),
    Mutant(
        "a thief takes what the victim has fetched since its report",
        "steal",
        "(victim.f or victim.p) + speed * age",
        "victim.p",
        _GATHER,
    ),
    Mutant(
        "scraps are stolen",
        "steal",
        "local needed = math.max(least, speed * SHARE_SECONDS, 1)",
        "local needed = 1",
        _GATHER,
    ),
    Mutant(
        "the lease that ends first is robbed",
        "steal",
        "CANDIDATES - 1, 'REV')",
        "CANDIDATES - 1)",
        _GATHER,
    ),
    Mutant(
        "stolen while tasks wait",
        "steal",
        "or redis.call('ZCARD', job.pend) > 0\n",
        "\n",
        _GATHER,
    ),
    Mutant(
        "a stolen range loses its file's priority",
        "steal",
        "s = victim.s",
        "s = 0",
        _GATHER,
    ),
    Mutant(
        "a worker that works is taken for silent",
        "steal",
        "integer(head.now - silent_ms + LEASE_MS)",
        "integer(head.now + LEASE_MS)",
        _GATHER,
    ),
    Mutant(
        "what silences workers goes round for ever",
        "steal",
        "charge(job, job.crash, work.budget, work, cut)",
        "",
        _GATHER,
    ),
)
