import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import pytest
import requests

from hfdl_tui.demo.hub import PretendHub
from hfdl_tui.demo.hub.bandwidth import Bandwidth, RateLimit

RATE = 2_000_000.0


def fetch(url: str, client: str, begin: int, end: int) -> int:
    headers = {"X-Pretend-Client": client, "Range": f"bytes={begin}-{end - 1}"}
    with requests.Session() as session:
        session.trust_env = False
        return len(session.get(url, headers=headers, timeout=20).content)


@pytest.mark.usefixtures("repo")
def test_all_connections_of_a_client_share_its_rate(hub: PretendHub, big_url: str) -> None:
    hub.bandwidth.limit_client("slow", RATE)
    parts = [(at * 500_000, (at + 1) * 500_000) for at in range(4)]

    start = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        sizes = list(threads.map(lambda part: fetch(big_url, "slow", *part), parts))
    seconds = time.monotonic() - start

    assert sum(sizes) == 2_000_000
    assert 0.9 < seconds * RATE / 2_000_000 < 3


def test_clients_do_not_share_their_rates() -> None:
    bandwidth = Bandwidth(client_rate=RATE, total_rate=None)

    first = bandwidth._limit("one").reserve(20_000_000)
    again = bandwidth._limit("one").reserve(20_000_000)
    other = bandwidth._limit("two").reserve(20_000_000)

    assert first == pytest.approx(10, abs=0.5)
    assert again == pytest.approx(20, abs=0.5)
    assert other == pytest.approx(10, abs=0.5)


@pytest.mark.usefixtures("repo")
def test_the_total_is_shared_by_all_clients(hub: PretendHub, big_url: str) -> None:
    hub.bandwidth.limit_total(RATE)

    start = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: fetch(big_url, name, 0, 1_000_000), ["one", "two"]))

    assert time.monotonic() - start > 0.9


@pytest.mark.usefixtures("repo")
def test_a_client_is_known_by_its_address_unless_it_names_itself(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    port = int(hub.endpoint.rpartition(":")[2])
    other = HTTPConnection("127.0.0.1", port, timeout=5, source_address=("127.0.0.5", 0))
    with closing(other):
        other.request("HEAD", "/api/datasets/acme/tiny")
        other.getresponse().read()

    session.head(big_url, timeout=5)
    session.head(big_url, headers={"X-Pretend-Client": "ann"}, timeout=5)

    clients = [record.client for record in hub.requests.select()]
    assert clients == ["127.0.0.5", "127.0.0.1", "ann"]


@pytest.mark.usefixtures("repo")
def test_a_cut_off_client_goes_on_when_it_is_let_through_again(
    hub: PretendHub, big_url: str
) -> None:
    hub.bandwidth.limit_client("halted", 0)
    fetched: list[int] = []
    thread = threading.Thread(target=lambda: fetched.append(fetch(big_url, "halted", 0, 100_000)))

    thread.start()
    thread.join(0.3)
    halted = thread.is_alive()
    hub.bandwidth.limit_client("halted", None)
    thread.join(5)

    assert halted
    assert fetched == [100_000]


def test_a_limit_gives_its_rate_and_no_more() -> None:
    limit = RateLimit(1_000_000)

    waits = [limit.reserve(100_000) or 0.0 for _ in range(10)]

    assert waits[-1] == pytest.approx(1.0, abs=0.1)


def test_stopping_ends_answers_that_are_under_way(big_url: str, hub: PretendHub) -> None:
    hub.bandwidth.limit_client("halted", 1000)
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(
            big_url, headers={"X-Pretend-Client": "halted"}, stream=True, timeout=5
        )

        start = time.monotonic()
        hub.stop()

        assert time.monotonic() - start < 2
        with answer, pytest.raises(requests.RequestException):
            _ = answer.content


def test_three_hundred_connections_are_served_at_once(hub: PretendHub, big_url: str) -> None:
    link = requests.head(big_url, timeout=5).headers["Location"]
    hub.bandwidth.limit_total(20_000_000)

    with ThreadPoolExecutor(300) as threads:
        sizes = list(
            threads.map(lambda at: fetch(link, str(at), at * 9000, at * 9000 + 9000), range(300))
        )

    assert sizes == [9000] * 300
