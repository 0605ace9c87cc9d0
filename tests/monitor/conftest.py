"""A Redis emptied before each test."""

from tests.worker.conftest import queue, redis, shared_server

__all__ = ["queue", "redis", "shared_server"]
