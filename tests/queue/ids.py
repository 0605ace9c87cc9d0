"""Task ids, written short."""

from hfdl_core.task_id import BatchWork, FileWork, RangeWork, TaskId


def whole(index: int, size: int, generation: int = 0) -> TaskId:
    return FileWork(index, generation, size).task_id


def part(index: int, begin: int, end: int, generation: int = 0) -> TaskId:
    return RangeWork(index, generation, begin, end).task_id


def batch(first: int, count: int, size: int, page: int = 0) -> TaskId:
    return BatchWork(page, first, count, size).task_id
