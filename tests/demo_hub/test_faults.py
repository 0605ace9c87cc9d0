import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

from hfdl_tui.demo.hub import (
    Close,
    Corrupt,
    Cut,
    Delay,
    Drop,
    Fault,
    IgnoreRange,
    PretendHub,
    Repo,
    Role,
    ShortBody,
    Stall,
    Status,
    WrongContentRange,
)

SIZE = 3_000_000


@pytest.fixture
def big(repo: Repo) -> bytes:
    return repo.head.files["data/big.bin"].content.read(0, SIZE)


def wire(session: requests.Session, url: str, asked: str = "bytes=0-") -> tuple[bytes, str]:
    """Read raw bytes up to where the connection ends; tell them and how it ended."""
    link = urlsplit(session.head(url, timeout=5).headers["Location"])
    with socket.create_connection((str(link.hostname), link.port or 80), timeout=5) as sock:
        sock.sendall(
            f"GET {link.path}?{link.query} HTTP/1.1\r\nHost: x\r\nRange: {asked}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        received = bytearray()
        try:
            while piece := sock.recv(1 << 16):
                received += piece
        except ConnectionResetError:
            return bytes(received), "reset"
        return bytes(received), "closed"


def body_of(received: bytes) -> bytes:
    return received.partition(b"\r\n\r\n")[2]


def test_a_status_fault_answers_instead_of_the_hub(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    fault = Fault(Status(503, {"Retry-After": "7"}, "busy"), role=Role.CDN, times=1)
    number = hub.faults.add(fault)

    first = session.get(big_url, timeout=5)
    second = session.get(big_url, timeout=5)

    assert (first.status_code, first.headers["Retry-After"], first.text) == (503, "7", "busy")
    assert second.content == big
    assert hub.faults.fired(number) == 1
    assert [r.faults for r in hub.requests.select(role=Role.CDN)] == [("status",), ()]


@pytest.mark.parametrize("after", [0, 1, 1_500_000])
def test_a_cut_resets_the_connection_after_exactly_so_many_bytes(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session, after: int
) -> None:
    hub.faults.add(Fault(Cut(after), role=Role.CDN))

    received, ending = wire(session, big_url)

    assert ending == "reset"
    assert body_of(received) == big[:after]


def test_a_close_ends_a_body_early_and_politely(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(Close(1000), role=Role.CDN))

    received, ending = wire(session, big_url)

    assert ending == "closed"
    assert body_of(received) == big[:1000]
    assert f"Content-Length: {SIZE}".encode() in received


def test_a_short_body_announces_what_it_sends_but_claims_the_whole_range(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(ShortBody(1000), role=Role.CDN))

    answer = session.get(big_url, headers={"Range": "bytes=0-1999"}, timeout=5)

    assert answer.content == big[:1000]
    assert answer.headers["Content-Length"] == "1000"
    assert answer.headers["Content-Range"] == f"bytes 0-1999/{SIZE}"


def test_corruption_flips_the_named_bytes_of_the_file_and_no_others(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    number = hub.faults.add(Fault(Corrupt(offset=1_048_570, length=10), path="data/*.bin"))

    spared = session.get(big_url, headers={"Range": "bytes=0-1048569"}, timeout=5).content
    hit = session.get(big_url, headers={"Range": "bytes=1000-"}, timeout=5).content

    wrong = [at for at, (a, b) in enumerate(zip(big[1000:], hit, strict=True), 1000) if a != b]
    assert wrong == list(range(1_048_570, 1_048_580))
    assert spared == big[:1_048_570]
    assert hub.faults.fired(number) == 1


def test_corruption_without_an_offset_hits_the_first_byte_of_any_body(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(Corrupt(), role=Role.CDN))

    answer = session.get(big_url, headers={"Range": "bytes=77-99"}, timeout=5).content

    assert answer == bytes([big[77] ^ 0xFF]) + big[78:100]


def test_files_on_disk_are_corrupted_and_cut_like_any_other(
    hub: PretendHub, session: requests.Session, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("data")
    (folder / "a.bin").write_bytes(b"0" * 500_000)
    hub.add_repo("acme/disk", folder)
    url = f"{hub.endpoint}/datasets/acme/disk/resolve/main/a.bin"

    number = hub.faults.add(Fault(Corrupt(offset=400_000), role=Role.CDN))
    spoiled = session.get(url, timeout=5).content
    hub.faults.remove(number)
    hub.faults.add(Fault(Cut(300_000), role=Role.CDN))
    received, ending = wire(session, url)

    assert (spoiled.count(b"0"), spoiled[400_000]) == (499_999, ord("0") ^ 0xFF)
    assert (len(body_of(received)), ending) == (300_000, "reset")


def test_a_stall_holds_the_rest_of_the_body_back(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(Stall(1.0, after=1000), role=Role.CDN))

    with session.get(big_url, timeout=5, stream=True) as answer:
        start = time.monotonic()
        first = answer.raw.read(1000)
        early = time.monotonic() - start
        rest = answer.raw.read()
        late = time.monotonic() - start

    assert early < 0.8 < late
    assert first + rest == big


def test_a_delay_holds_the_whole_answer_back(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.faults.add(Fault(Delay(0.3), method="HEAD"))

    start = time.monotonic()
    session.head(big_url, timeout=5)

    assert time.monotonic() - start >= 0.3


@pytest.mark.usefixtures("repo")
def test_a_drop_resets_the_connection_without_an_answer(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.faults.add(Fault(Drop(), role=Role.RESOLVE, times=1))

    with pytest.raises(requests.ConnectionError):
        session.get(big_url, timeout=5)

    assert session.get(big_url, timeout=5).ok
    assert hub.requests.select(role=Role.RESOLVE)[0].status == 0


def test_an_ignored_range_brings_the_whole_file(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(IgnoreRange(), role=Role.CDN))

    answer = session.get(big_url, headers={"Range": "bytes=5-9"}, timeout=5)

    assert (answer.status_code, answer.content) == (200, big)
    assert "Content-Range" not in answer.headers


def test_a_wrong_content_range_lies_about_the_place(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(WrongContentRange(shift=10), role=Role.CDN))

    answer = session.get(big_url, headers={"Range": "bytes=5-9"}, timeout=5)

    assert answer.headers["Content-Range"] == f"bytes 15-19/{SIZE}"
    assert answer.content == big[5:10]


def test_faults_of_several_rules_come_together(
    hub: PretendHub, big_url: str, big: bytes, session: requests.Session
) -> None:
    hub.faults.add(Fault(Corrupt(offset=0), role=Role.CDN))
    hub.faults.add(Fault(Cut(10), role=Role.CDN))

    received, ending = wire(session, big_url)

    assert ending == "reset"
    assert body_of(received) == bytes([big[0] ^ 0xFF]) + big[1:10]


@pytest.mark.usefixtures("repo")
def test_a_rule_waits_for_its_first_request_and_stops_after_its_last(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.faults.add(Fault(Status(500), role=Role.RESOLVE, first=3, times=2))

    statuses = [session.head(big_url, timeout=5).status_code for _ in range(6)]

    assert statuses == [302, 302, 500, 500, 302, 302]


@pytest.mark.usefixtures("repo")
def test_a_rule_looks_at_role_method_path_and_client(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.faults.add(
        Fault(
            Status(500), role=Role.RESOLVE, method="HEAD", path="*/resolve/*.bin", client="mallory"
        )
    )
    readme = big_url.replace("data/big.bin", "README.md")
    mallory = {"X-Pretend-Client": "mallory"}

    assert session.head(big_url, headers=mallory, timeout=5).status_code == 500
    assert session.head(big_url, timeout=5).status_code == 302
    assert session.get(big_url, headers=mallory, timeout=5).ok
    assert session.head(readme, headers=mallory, timeout=5).status_code == 307


@pytest.mark.usefixtures("repo")
def test_chance_repeats_itself_with_the_same_seed(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    def statuses(book_of: PretendHub) -> list[int]:
        book_of.faults.add(Fault(Status(500), probability=0.5))
        return [session.head(url, timeout=5).status_code for _ in range(20)]

    url = big_url
    first = statuses(hub)
    with PretendHub() as again:
        url = big_url.replace(hub.endpoint, again.endpoint)
        again.add_repo("acme/tiny", {"data/big.bin": b"x"})
        second = statuses(again)

    assert first == second
    assert 3 < first.count(500) < 17


@pytest.mark.usefixtures("repo")
def test_removed_rules_are_forgotten(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    number = hub.faults.add(Fault(Status(500)))
    hub.faults.remove(number)
    hub.faults.add(Fault(Status(501)))
    hub.faults.clear()

    assert session.head(big_url, timeout=5).status_code == 302
    assert hub.faults.in_force() == {}


def test_the_log_counts_what_left_before_a_cut(
    hub: PretendHub, big_url: str, session: requests.Session
) -> None:
    hub.faults.add(Fault(Cut(123_456), role=Role.CDN))

    wire(session, big_url)

    assert hub.requests.wait_idle()
    assert hub.bytes_sent(role=Role.CDN) == 123_456
