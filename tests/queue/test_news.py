"""A log followed from look to look: nothing twice, nothing left out, losses counted."""

from hfdl_core.models import JobId
from hfdl_core.queue import LogMark, LogNews, Wanted
from hfdl_core.task_id import FileWork
from tests.queue.bench import PLAN, Bench, make_files, make_spec

JOB = JobId("job-1")
LOG = "hfdl:{job-1}:ev"


def _news(bench: Bench, mark: LogMark, job_id: JobId | None = JOB) -> LogNews:
    return bench.queue.look(Wanted(lambda _: [], logs={job_id: mark})).logs[job_id]


def _write(bench: Bench, first: int, count: int) -> None:
    """Lines whose texts are numbers."""
    script = (
        "for n = ARGV[1], ARGV[1] + ARGV[2] - 1 do redis.call('XADD', KEYS[1], '*',"
        " 'kind', 'x', 'text', string.format('%d', n), 'worker', '', 'file', '') end"
    )
    bench.server.command("EVAL", script, 1, LOG, first, count)


def _texts(news: LogNews) -> list[str]:
    return [event.text for event in news.events]


def test_a_log_is_told_once(bench: Bench) -> None:
    bench.plant([300])
    first = _news(bench, LogMark())
    assert [event.kind for event in first.events] == ["job_created", "job_sealed"]

    assert _news(bench, first.mark) == LogNews((), 0, first.mark)
    _write(bench, 1, 3)
    second = _news(bench, first.mark)
    assert (_texts(second), second.missed) == (["1", "2", "3"], 0)
    assert _news(bench, second.mark).events == ()


def test_the_first_look_shows_the_newest_lines_and_misses_none(bench: Bench) -> None:
    _write(bench, 1, 500)

    news = _news(bench, LogMark())

    assert _texts(news) == [str(n) for n in range(301, 501)]
    assert (news.missed, news.mark.is_behind) == (0, False)


def test_who_falls_behind_reads_on_and_catches_up(bench: Bench) -> None:
    _write(bench, 1, 1)
    news = _news(bench, LogMark())
    _write(bench, 2, 1300)
    told = []

    for _ in range(3):
        news = _news(bench, news.mark)
        told.append(len(news.events))
        assert news.missed == 0

    assert told == [200, 1000, 100]
    assert _texts(news)[-1] == "1301"
    assert not news.mark.is_behind


def test_lines_trimmed_before_they_were_read_are_counted(bench: Bench) -> None:
    _write(bench, 1, 10)
    news = _news(bench, LogMark())
    _write(bench, 11, 100)
    bench.server.command("XTRIM", LOG, "MAXLEN", 30)

    news = _news(bench, news.mark)

    assert _texts(news) == [str(n) for n in range(81, 111)]
    assert news.missed == 70
    assert _news(bench, news.mark).missed == 0


def test_lines_trimmed_after_they_were_read_are_not(bench: Bench) -> None:
    _write(bench, 1, 100)
    news = _news(bench, LogMark())
    bench.server.command("XTRIM", LOG, "MAXLEN", 10)
    _write(bench, 101, 5)

    news = _news(bench, news.mark)

    assert (len(news.events), news.missed) == (5, 0)


def test_a_log_begun_anew_is_read_anew(bench: Bench) -> None:
    _write(bench, 1, 100)
    news = _news(bench, LogMark())
    bench.server.command("DEL", LOG)
    assert _news(bench, news.mark).events == ()
    _write(bench, 1, 3)

    news = _news(bench, news.mark)

    assert (_texts(news), news.missed, news.mark.number) == (["1", "2", "3"], 0, 3)


def test_a_log_that_is_empty_yet_is_told_from_its_first_line(bench: Bench) -> None:
    news = _news(bench, LogMark(), None)
    assert (news.events, news.mark) == ((), LogMark())

    bench.queue.log(None, "note", "hello", "w1")

    [event] = _news(bench, news.mark, None).events
    assert (event.text, event.job_id) == ("hello", "")


def test_lines_about_files_name_them_however_far_apart_they_stand(bench: Bench) -> None:
    spec = make_spec()
    begun = bench.queue.begin_plan(spec, PLAN, 2)
    for page in range(60):
        files = make_files([9, 9, 9])[1:]
        tasks = [FileWork(2 * page + entry, 0, 9) for entry in range(2)]
        bench.queue.publish_page(spec.job_id, begun.epoch, page, files, tasks)
    for index in range(0, 120, 2):
        bench.server.command(
            *("XADD", LOG, "*", "kind", "task_failed", "text", "404"),
            *("worker", "w1", "file", index + index // 2 % 2),
        )
    mark = LogMark()
    reads_before = _page_reads(bench)

    named = [event.path for event in _news(bench, mark).events if event.path]

    assert named == ["dir/file-1", "dir/file-2"] * 30
    assert _page_reads(bench) - reads_before == 1  # for all of them
    _news(bench, mark)
    assert _page_reads(bench) - reads_before == 1


def test_a_log_whose_plan_cannot_be_read_is_told_without_paths(bench: Bench) -> None:
    job_id = bench.plant([300])
    bench.fail(bench.claim(job_id), permanent=True)
    bench.server.command("HSET", "hfdl:{job-1}:plan", "0", "rubbish")
    with type(bench.queue)(bench.server.target) as other:
        news = other.look(Wanted(lambda _: [], logs={job_id: LogMark()})).logs[job_id]

    assert [(event.kind, event.path) for event in news.events][-2:] == [
        ("task_failed", ""),
        ("job_failed", ""),
    ]


def _page_reads(bench: Bench) -> int:
    stats = bench.server.command("INFO", "commandstats")
    hmget, hget = stats.get("cmdstat_hmget", {}), stats.get("cmdstat_hget", {})
    return int(hmget.get("calls", 0)) + int(hget.get("calls", 0))
