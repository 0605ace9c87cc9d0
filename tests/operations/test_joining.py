"""A running session is opened to other machines; they join by the line that is shown."""

import re

import pytest
from pydantic import SecretStr

from hfdl_core.bootstrap import OpenQueue
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from hfdl_core.settings import Settings
from hfdl_tui.demo.hub import PretendHub
from hfdl_tui.operations.joining import advice_of, open_to_others, what_opens
from hfdl_tui.operations.orders import OpenToOthers
from tests.end_to_end.fleet import Fleet, tree_bytes, wait_until
from tests.end_to_end.gathered import HERE, MIB, big, read_all, sent, wait_for_bytes, workers
from tests.operations.parts import left_running, logs, order
from tests.redis_servers import RedisServer

# The own server and the collector listen on 127.0.0.1 or on a socket until they are opened: who
# knows of this address only reaches neither before.
ELSEWHERE = "127.0.0.2"


@pytest.mark.end_to_end
def test_a_running_session_lets_another_machine_take_part(alone: Fleet, hub: PretendHub) -> None:
    hub.add_repo("acme/big", {"big.bin": big(16)})
    hub.bandwidth.limit_client(HERE, MIB)
    job = order(alone, "launch", "acme/big", "out", "gather").job
    wait_for_bytes(alone, MIB)
    began = left_running(alone, "collect")

    opened = order(alone, "open", job, f"{ELSEWHERE}:0")

    [line] = opened.outcome["join"]
    url = re.fullmatch(r"HFDL_REDIS_URL='(redis://:[^@]+@127\.0\.0\.2:\d+/0)' .*", line)
    said = re.fullmatch(
        r"open to other machines at (127\.0\.0\.2:\d+); files are taken at port (\d+)", opened.text
    )
    assert url is not None, line
    assert said is not None, opened.text
    friend = alone.start(
        *("worker", "--worker-id", "friend"),
        *("--collector-url", f"http://{ELSEWHERE}:{said[2]}"),
        machine="friend",
        HFDL_REDIS_URL=url[1],
    )
    wait_until(lambda: bool(workers(alone).get("friend", {}).get("tasks")), 30, friend.__repr__)
    hub.bandwidth.limit_client(HERE, None)
    alone.wait_for_status(job, "completed")

    assert left_running(alone, "collect") in (began, []), "nobody was restarted"
    assert tree_bytes(alone.machine("master") / "out") == {"big.bin": read_all(big(16))}
    wait_until(lambda: workers(alone)["friend"]["bytes_completed"] > 0, 10, lambda: logs(alone))
    assert sent(hub) <= 16 * MIB + 4 * MIB
    assert tree_bytes(alone.machine("friend")) == {}


def test_a_queue_that_others_reach_tells_how_they_join() -> None:
    target = RedisTarget(host="redis.example", port=6400, username="ann", password=SecretStr("p/w"))
    with RedisClient(target, client_name="test") as client:
        queue = OpenQueue(client, target.describe(), private=False, started_here=False)

        outcome = open_to_others(Settings.load({}, {}), queue, OpenToOthers(None), print)

    assert outcome.join == (
        "HFDL_REDIS_URL='redis://ann:p%2Fw@redis.example:6400/0' hfdl --headless-worker",
    )
    assert "redis at redis.example:6400" in outcome.text
    assert "p/w" not in outcome.text


def test_a_redis_on_loopback_is_for_this_machine_only(redis: RedisServer) -> None:
    with RedisClient(redis.target, client_name="test") as client:
        queue = OpenQueue(client, redis.target.describe(), private=False, started_here=False)

        outcome = open_to_others(Settings.load({}, {}), queue, OpenToOthers(None), print)
        advice = advice_of(queue)

    assert (outcome.join, advice) == ((), None)
    assert outcome.text.startswith("only this machine reaches redis at 127.0.0.1:")


def test_what_is_to_be_confirmed_names_address_and_both_ports() -> None:
    told = what_opens(Settings.load({"collector_port": "7001"}, {}), "10.1.2.3:7000")

    assert told.startswith("opens 10.1.2.3 (10.1.2.3) to other machines: port 7000 for the queue, ")
    assert "port 7001 or the next free one for the files" in told
