"""Changes the course of a job or of a worker, and says what was done."""

from hfdl_core.master.steering import Steering
from hfdl_core.models import JobState
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskId
from hfdl_tui.operations.orders import Cancel, Drain, Pause, Requeue, Resume, TryNow, Undrain


def requeue(client: RedisClient, order: Requeue) -> str:
    """UsageError when nothing failed is meant; DestinationRefused as `Steering.requeue` says."""
    number = Steering(client).requeue(order.job_id, task_ids=order.task_ids, cause=order.cause)
    return f"job {order.job_id}: {_tasks(number, 'failed ')} requeued"


def try_now(client: RedisClient, order: TryNow) -> str:
    """Tasks that do not wait any more are left alone."""
    number = client.try_now(order.job_id, [TaskId(task_id) for task_id in order.task_ids])
    return f"job {order.job_id}: {_tasks(number)} due at once"


def move_job(client: RedisClient, order: Pause | Resume | Cancel) -> str:
    """JobNotRunning when its state does not allow it."""
    return f"job {order.job_id} is {_moved(client, order)}"


def move_worker(client: RedisClient, order: Drain | Undrain) -> str:
    """UnknownWorker for who is no worker."""
    if isinstance(order, Drain):
        client.drain(order.worker_id)
        return f"worker {order.worker_id} takes no new work; it finishes what it has"
    client.undrain(order.worker_id)
    return f"worker {order.worker_id} takes work again"


def _moved(client: RedisClient, order: Pause | Resume | Cancel) -> JobState:
    match order:
        case Pause():
            return client.pause(order.job_id)
        case Cancel():
            return client.cancel(order.job_id)
        case Resume():
            # A job that comes back must still have its destination; stopping one asks nothing.
            return Steering(client).resume(order.job_id)


def _tasks(number: int, which: str = "") -> str:
    return f"{number} {which}{'task' if number == 1 else 'tasks'}"
