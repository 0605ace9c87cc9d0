"""What the worker's tests use, for the master's: Redis, Hub, home, master, workers."""

from tests.worker.conftest import (
    hub,
    master,
    own_home,
    own_redis,
    queue,
    redis,
    shared_server,
    start,
)

__all__ = ["hub", "master", "own_home", "own_redis", "queue", "redis", "shared_server", "start"]
