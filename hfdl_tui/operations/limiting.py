"""Sets and lifts the rate limits of a fleet."""

from hfdl_core.errors import UsageError
from hfdl_core.queue import RedisClient
from hfdl_core.timetable import Timetable
from hfdl_tui.operations.orders import Limit


def read_limit(text: str) -> Timetable:
    """UsageError for what is no rate."""
    try:
        return Timetable.parse(text)
    except ValueError as error:
        raise UsageError(f"limit {text}: {error}") from error


def change_limit(client: RedisClient, order: Limit) -> str:
    """UnknownWorker for who is no worker."""
    limit = read_limit(order.limit)
    if limit.is_off:
        client.lift_limit(order.worker_id)
    else:
        client.set_limit(order.worker_id, limit.text)
    if not limit.is_off:
        whose = "the fleet" if order.worker_id is None else f"worker {order.worker_id}"
        return f"{whose} is limited to {limit.text}"
    if order.worker_id is None:
        return "the fleet has no limit now"
    # The fleet's, or one that it was started with, may hold it back still.
    return f"the limit of worker {order.worker_id} is lifted"
