"""Broken queues: publishing, order, budgets, outages, generations, the job's state and counters."""

from hfdl_core.models import Delivery
from tests.simulator.mutation import Mutant
from tests.simulator.simulation import Disasters

_GATHER = (Delivery.GATHER,)
_KEEP = (Delivery.KEEP,)

PUBLISHING = (
    Mutant(
        "a page published again brings its tasks back",
        "publish_page",
        "if redis.call('HEXISTS', job.plan, page) == 1 then return {head.seq, 0} end",
        "head.state = 'planning'",
    ),
    Mutant(
        "a plan is sealed with pages missing",
        "seal",
        "if redis.call('HLEN', job.plan) ~= tonumber(pages) or (published[1] or '0') ~= files\n"
        "  or (published[2] or '0') ~= bytes then",
        "if false then",
    ),
    Mutant(
        "pages of two plans are mixed",
        "begin_plan",
        "redis.call('UNLINK', unpack(KEYS))",
        "",
    ),
    Mutant(
        "a sealed job is planned anew",
        "begin_plan",
        "if old[2] == '1' and old[1] ~= plan_id then",
        "if false then",
    ),
    Mutant(
        "the same command given again hides an outage",
        "begin_plan",
        "local seq = redis.call('HINCRBY', job.meta, 'seq', 1)",
        "local seq = redis.call('HINCRBY', job.meta, 'seq', 1)\n"
        "redis.call('HSET', job.meta, 'beat', now)",
    ),
)

ORDER = (
    Mutant("the smallest file comes first", "claim", "'ZPOPMIN'", "'ZPOPMAX'"),
    Mutant(
        "what a claim cuts off is lost",
        "claim",
        "to_pending(job, range_id(work.index, work.generation, middle, work.e), score)",
        "",
        _GATHER,
    ),
    Mutant(
        "what a claim cuts off loses its file's priority",
        "claim",
        "to_pending(job, range_id(work.index, work.generation, middle, work.e), score)",
        "to_pending(job, range_id(work.index, work.generation, middle, work.e), 0)",
        _GATHER,
    ),
    Mutant(
        "a reaped task loses its file's priority",
        "reaping",
        "to_pending(job, rest, lease.s)",
        "to_pending(job, rest, 0)",
    ),
    Mutant(
        "a retried task loses its file's priority",
        "promoting",
        "to_pending(job, id, take_note(job, id).score)",
        "take_note(job, id) to_pending(job, id, 0)",
    ),
    Mutant(
        "a retry comes before its backoff is over",
        "promoting",
        "redis.call('ZRANGE', job.delay, '-inf', integer(head.now), 'BYSCORE', 'LIMIT', 0, limit)",
        "redis.call('ZRANGE', job.delay, 0, limit - 1)",
    ),
    Mutant(
        "a failed task loses its file's priority",
        "fail",
        "local score = lease.s",
        "local score = 0",
    ),
    Mutant(
        "a requeued task loses its file's priority",
        "requeue",
        "to_pending(job, id, note.score)",
        "to_pending(job, id, 0)",
    ),
    Mutant("retries never come", "claim", "  promote(job, head, 8)\n", ""),
    Mutant("a claim reaps nothing", "claim", "  reap(job, head, 8)\n", ""),
)

BUDGETS = (
    Mutant(
        "a release counts an attempt",
        "release",
        "local rest = credit(",
        "redis.call('HINCRBY', job.att, work.budget, 1) local rest = credit(",
    ),
    Mutant(
        "budgets of whole files reset without progress",
        "budgets",
        "if best and position > tonumber(best) then",
        "if best then",
        _KEEP,
    ),
    Mutant(
        "budgets of ranges reset without progress",
        "budgets",
        "  if position == lease.b then return work.budget end\n",
        "",
        _GATHER,
    ),
    Mutant(
        "budgets never reset",
        "budgets",
        "      redis.call('HDEL', job.att, work.budget)\n",
        "",
        _KEEP,
    ),
    Mutant(
        "requeued tasks keep their attempts",
        "requeue",
        "forget_budget(job, parse(id).budget)",
        "",
    ),
    Mutant(
        "tasks tried at once keep their place among the waiting",
        "hurry",
        "redis.call('ZREM', job.delay, id) == 1",
        "redis.call('ZSCORE', job.delay, id)",
    ),
    Mutant(
        "crashes use up the attempts",
        "reaping",
        "charge(job, job.crash, budget, work, position)",
        "charge(job, job.att, budget, work, position)",
    ),
    Mutant(
        "crashes are never too many",
        "reaping",
        "if crashes < CRASH_BUDGET then",
        "if true then",
    ),
    Mutant(
        "a batch that silences workers is lost",
        "reaping",
        "if file then to_pending(job, file, score) end",
        "",
    ),
    Mutant("a failure for good is retried", "fail", "if is_permanent or attempt", "if attempt"),
    Mutant(
        "one attempt too many",
        "fail",
        "attempt >= head.max_attempts",
        "attempt > head.max_attempts",
    ),
    Mutant(
        "the backoff is ignored",
        "places",
        "head.now + math.max(0, math.min(delay_ms, LONGEST_DELAY_MS))",
        "head.now",
    ),
)

TIME = (
    Mutant(
        "a change does not raise the sequence",
        "opening",
        "local seq = redis.call('HINCRBY', job.meta, 'seq', 1)",
        "local seq = tonumber(redis.call('HGET', job.meta, 'seq') or 1)",
    ),
    Mutant(
        "who notices that Redis lost its tail keeps it to himself",
        "begin_era",
        "redis.call('HSET', job.meta, 'seq', integer(next_era))",
        "",
        disasters=Disasters(cuts=frozenset({200, 300})),
    ),
    Mutant(
        "another epoch is not noticed",
        "opening",
        "if not head[1] or head[1] ~= epoch then",
        "if not head[1] then",
    ),
    Mutant(
        "an outage is not forgiven",
        "opening",
        "if silence > OUTAGE_MS or silence < 0 then renew_all(job, now) end",
        "",
    ),
    Mutant(
        "a clock that is set back is not forgiven",
        "opening",
        "if silence > OUTAGE_MS or silence < 0 then",
        "if silence > OUTAGE_MS then",
    ),
    Mutant(
        "scripts do not keep the beat",
        "opening",
        "redis.call('HSET', job.meta, 'beat', integer(now))",
        "",
    ),
    Mutant(
        "a deadline an hour away is trusted",
        "reaping",
        "  clamp_deadlines(job, head)\n",
        "",
    ),
    Mutant(
        "a retry an hour away is trusted",
        "promoting",
        "for _, id in ipairs(beyond) do redis.call('ZADD', job.delay, latest, id) end",
        "",
    ),
    Mutant(
        "a report does not renew the lease",
        "report",
        "if #deadlines > 0 then redis.call('ZADD', job.lease, unpack(deadlines)) end",
        "",
    ),
    Mutant(
        "a reaped lease leaves its token",
        "reaping",
        "leave(job, head, id, work, lease, 'reap')",
        "leave(job, head, id, work, lease, 'reap') redis.call('HSET', job.tok, lease.t, id)",
    ),
)

GENERATIONS = (
    Mutant(
        "leases of the old generation go on",
        "reopen",
        "for _, id in ipairs(old_ids) do",
        "for _, id in ipairs({}) do",
    ),
    Mutant(
        "a repeated reopening counts again",
        "reopen",
        "if asked < present then return {head.seq, present, 0} end",
        "if asked < present then asked = present end",
    ),
    Mutant(
        "finish takes an old generation's word",
        "finish",
        "or (redis.call('HGET', job.gen, index) or '0') ~= generation then",
        "then",
        _GATHER,
    ),
    Mutant(
        "a batch brings a reopened file's old bytes",
        "batch_files",
        "return redis.call('HEXISTS', job.gen, index) == 0",
        "return true",
    ),
    Mutant(
        "finish ignores missing bytes",
        "finish",
        "if redis.call('HGET', job.frem, index) ~= '0' then return {head.seq, 'lost'} end",
        "",
        _GATHER,
    ),
    Mutant(
        "finish counts twice",
        "finish",
        "if redis.call('GETBIT', job.done, index) == 1 then return {head.seq, 'already'} end",
        "if redis.call('GETBIT', job.done, index) == 1 then\n"
        "  redis.call('HSET', job.frem, index, 0)\n"
        "end",
        _GATHER,
    ),
    Mutant(
        "an empty file of an open batch is reopened into two places",
        "reopen",
        "and not before and size > 0 then",
        "and not before then",
        _GATHER,
    ),
    Mutant(
        "bytes of a reopened file stay counted",
        "reopen",
        "count(job, 'bytes_completed', tonumber(before or size) - missing)",
        "",
        _GATHER,
    ),
    Mutant(
        "a reopened file stays counted",
        "reopen",
        "if was_done then count(job, 'files_completed', -1) end",
        "",
    ),
)

STATES = (
    Mutant(
        "a paused job still hands out tasks",
        "claim",
        "elseif head.state == 'running' and",
        "elseif head.state ~= 'cancelled' and",
    ),
    Mutant(
        "a cancelled job still hands out tasks",
        "claim",
        "elseif head.state == 'running' and",
        "elseif head.state ~= 'paused' and",
    ),
    Mutant(
        "a paused job can be robbed",
        "steal",
        "if head.state ~= 'running' or",
        "if",
        _GATHER,
    ),
    Mutant(
        "a job ends with retries waiting",
        "ending",
        "or redis.call('ZCARD', job.delay) > 0",
        "",
    ),
    Mutant(
        "a job ends with leases held",
        "ending",
        "or redis.call('ZCARD', job.lease) > 0 then",
        "then",
        _GATHER,
    ),
    Mutant("a gathered job never ends", "finish", "settle(job, head)\n", "", _GATHER),
    Mutant(
        "people are shown tasks in hand as waiting",
        "snapshot",
        "redis.call('ZCARD', job.pend), redis.call('ZCARD', job.delay)",
        "redis.call('ZCARD', job.lease), redis.call('ZCARD', job.delay)",
    ),
    Mutant("a job never ends", "complete", "settle(job, head)\n", "", _KEEP),
    Mutant(
        "a job with failures counts as completed",
        "ending",
        "failures == 0 and 'completed' or 'failed'",
        "'completed'",
    ),
    Mutant(
        "a failed job stays so when its tasks are requeued",
        "requeue",
        "  run_again(job, head)\n",
        "",
    ),
    Mutant(
        "requeued files stay counted as failed",
        "places",
        "if redis.call('HINCRBY', job.ffail, index, -1) <= 0 then",
        "if false then",
    ),
    Mutant(
        "bytes in hand are never given up",
        "leases",
        "if bytes > 0 then redis.call('HINCRBY', job.cnt, 'bytes_live', integer(-bytes)) end",
        "",
    ),
)

MUTANTS = (*PUBLISHING, *ORDER, *BUDGETS, *TIME, *GENERATIONS, *STATES)
