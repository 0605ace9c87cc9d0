"""A Redis emptied before each test."""

from tests.worker.conftest import own_redis, queue, redis, shared_server

__all__ = ["own_redis", "queue", "redis", "shared_server"]
