"""The queue's public face: everything that speaks Redis is behind it."""

from hfdl_core.queue.leases import Leases
from hfdl_core.queue.publishing import Publishing
from hfdl_core.queue.quota import Quota
from hfdl_core.queue.reading import Reading
from hfdl_core.queue.repairs import Repairs
from hfdl_core.queue.server import Server
from hfdl_core.queue.watching import Watching


class RedisClient(Publishing, Leases, Repairs, Reading, Watching, Quota, Server):
    """One process' access to the queue.

    Connects when first used, may be used by all threads of the process, and raises QueueError
    and UsageError leaves only. Nothing blocks in Redis and nothing is retried for long: callers
    that want to wait for a Redis that is away ask again.
    """
