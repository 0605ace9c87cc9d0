"""A busy or absent Hub is waited for, and not for ever."""

import threading

import pytest

from hfdl_core.errors import HubUnavailable
from hfdl_core.models import RepoType
from hfdl_tui.demo.hub import Close, Drop, Fault, PretendHub, Quotas, Stall, Status
from tests.hub.conftest import JumpingClock, MakeCatalog
from tests.hub.scripted import Scripted, ScriptedServer

FILES = {"README.md": b"hello"}
REVISION = "/api/models/gpt2/revision/main"
LIMIT = {"RateLimit": '"api";r=0;t=55', "Retry-After": "7"}


def commit_of(endpoint: str, make_catalog: MakeCatalog) -> str:
    return make_catalog(endpoint).resolve("acme/tiny", RepoType.DATASET, None).commit


@pytest.mark.parametrize(
    "fault",
    [
        Status(429),
        Status(503),
        Status(500),
        Status(502),
        Status(504),
        Status(408),
        Drop(),
        Close(after=10),
    ],
    ids=str,
)
def test_passing_fault_is_survived(
    hub: PretendHub, make_catalog: MakeCatalog, clock: JumpingClock, fault: Status | Drop | Close
) -> None:
    repo = hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(fault, path="/api/*", times=3))

    commit = commit_of(hub.endpoint, make_catalog)

    assert commit == repo.head.sha
    assert len(clock.waits) == 3


@pytest.mark.usefixtures("small_pages")
def test_fault_in_the_middle_of_a_listing_is_survived(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/tiny", {f"f{n:03d}": b"" for n in range(95)})
    for first, fault in ((3, Status(503)), (6, Drop()), (9, Close(after=500))):
        hub.faults.add(Fault(fault, path="*/tree/*", first=first, times=1))
    catalog = make_catalog(hub.endpoint)

    listed = list(catalog.list_files(catalog.resolve("acme/tiny", RepoType.DATASET, None)))

    assert len({file.path for file in listed}) == len(listed) == 95


def test_hub_that_stays_busy_is_given_up_after_two_minutes(
    hub: PretendHub, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(Status(503)))

    with pytest.raises(HubUnavailable, match=r"is busy \(503\): try again later"):
        commit_of(hub.endpoint, make_catalog)

    assert 100 < sum(clock.waits) <= 120
    assert clock.waits[0] < 1 < clock.waits[5]
    assert max(clock.waits) <= 15


def test_delays_are_not_all_alike(
    hub: PretendHub, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(Status(503), times=20))

    with pytest.raises(HubUnavailable):
        commit_of(hub.endpoint, make_catalog)

    assert len(set(clock.waits[6:])) == len(clock.waits[6:]) > 1


def test_hub_that_never_answered_is_given_up_sooner(
    make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    with pytest.raises(HubUnavailable, match="refuses the connection"):
        commit_of("http://127.0.0.1:1", make_catalog)

    assert sum(clock.waits) <= 20


def test_hub_that_went_away_is_waited_for(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(value={"sha": "1" * 40})
    with PretendHub() as hub:
        hub.add_repo("acme/tiny", FILES)
        catalog = make_catalog(hub.endpoint)
        catalog.resolve("acme/tiny", RepoType.DATASET, None)

    with pytest.raises(HubUnavailable):
        catalog.resolve("acme/tiny", RepoType.DATASET, None)

    assert 100 < sum(clock.waits) <= 120


def test_unknown_name_is_told_as_such(make_catalog: MakeCatalog) -> None:
    with pytest.raises(HubUnavailable, match=r"hub\.invalid cannot be resolved"):
        commit_of("http://hub.invalid", make_catalog)


def test_quota_is_waited_for_as_long_as_the_hub_says(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(429, b"", LIMIT)
    catalog = make_catalog(scripted.url)

    with pytest.raises(HubUnavailable, match="try again in 56 s, or set HF_TOKEN"):
        catalog.resolve("gpt2", RepoType.MODEL, None)

    assert clock.waits[:3] == [56, 56, 56]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit": '"api";r=0;t=55'}, 56),
        ({"RateLimit": '"api";r=5;t=55', "Retry-After": "7"}, 7),
        ({"RateLimit": "nonsense", "Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
    ],
)
def test_wait_that_is_asked_for_comes_from_the_right_header(
    scripted: ScriptedServer,
    make_catalog: MakeCatalog,
    clock: JumpingClock,
    headers: dict[str, str],
    seconds: int,
) -> None:
    scripted.answers[REVISION] = Scripted(429, b"", headers)
    catalog = make_catalog(scripted.url)

    with pytest.raises(HubUnavailable):
        catalog.resolve("gpt2", RepoType.MODEL, None)

    assert clock.waits[0] == seconds


@pytest.mark.parametrize("after", ["Wed, 21 Oct 2015 07:28:00 GMT", "-5", "1.5", "²", ""])
def test_wait_that_cannot_be_read_is_our_own(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock, after: str
) -> None:
    headers = {"Retry-After": after.encode().decode("latin-1")}
    scripted.answers[REVISION] = Scripted(429, b"", headers)
    catalog = make_catalog(scripted.url)

    with pytest.raises(HubUnavailable):
        catalog.resolve("gpt2", RepoType.MODEL, None)

    assert 0.25 <= clock.waits[0] <= 0.5


def test_wait_that_was_asked_for_does_not_use_up_patience(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(429, b"", {"Retry-After": "300"})
    later = [Scripted(503, b""), Scripted(503, b""), Scripted(value={"sha": "1" * 40})]
    clock.on_sleep = lambda: scripted.answers.update({REVISION: later.pop(0)})

    snapshot = make_catalog(scripted.url).resolve("gpt2", RepoType.MODEL, None)

    assert snapshot.commit == "1" * 40
    assert clock.waits[0] == 300


def test_hour_of_waiting_is_refused_at_once(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(503, b"", {"Retry-After": "3600"})
    catalog = make_catalog(scripted.url)

    with pytest.raises(HubUnavailable, match="try again in 3600 s"):
        catalog.resolve("gpt2", RepoType.MODEL, None)

    assert clock.waits == []


@pytest.mark.usefixtures("small_pages")
def test_listing_longer_than_the_quota_ends_well(
    hub: PretendHub, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    hub.options.quotas = Quotas(api=20, window=300.0)
    hub.add_repo("acme/tiny", {f"f{n:03d}": b"" for n in range(300)})
    clock.on_sleep = lambda: setattr(hub.options, "quotas", Quotas())
    catalog = make_catalog(hub.endpoint)

    listed = list(catalog.list_files(catalog.resolve("acme/tiny", RepoType.DATASET, None)))

    assert len(listed) == 300
    assert len(clock.waits) == 1
    assert 290 < clock.waits[0] <= 301


def test_answer_that_trickles_is_given_up(
    scripted: ScriptedServer, make_catalog: MakeCatalog, clock: JumpingClock
) -> None:
    scripted.answers[REVISION] = Scripted(value=b" " * 200_000)
    catalog = make_catalog(scripted.url)
    clock.each_look = 600

    with pytest.raises(HubUnavailable, match="too slowly"):
        catalog.resolve("gpt2", RepoType.MODEL, None)


def test_answer_without_end_is_refused(
    scripted: ScriptedServer, make_catalog: MakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hfdl_core.hub.connection._LONGEST_ANSWER_BYTES", 1000)
    scripted.answers[REVISION] = Scripted(value=b" " * 200_000)

    with pytest.raises(HubUnavailable, match="without end"):
        make_catalog(scripted.url).resolve("gpt2", RepoType.MODEL, None)


def test_silent_hub_is_not_waited_for_without_end(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    repo = hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(Stall(seconds=30), path="/api/*", times=1))
    catalog = make_catalog(hub.endpoint)
    catalog._connection._timeout_seconds = 0.2
    before = threading.active_count()

    assert catalog.resolve("acme/tiny", RepoType.DATASET, None).commit == repo.head.sha
    assert threading.active_count() < before + 10
