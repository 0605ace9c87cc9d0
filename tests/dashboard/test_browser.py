"""The Hub seen from a screen: what is found, listed and read, and what is said when it is not."""

import threading
from collections.abc import Iterator

import pytest

from hfdl_core.errors import (
    AccessDenied,
    BadToken,
    HfdlError,
    HubBusy,
    HubUnavailable,
    RepoDisabled,
    RepoNotFound,
    RevisionNotFound,
    UsageError,
)
from hfdl_core.models import RepoType
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.view.files.browser import Browser, HubBrowser, Listener, Listing
from hfdl_tui.dashboard.view.files.card import LONGEST_CARD, readable_card
from hfdl_tui.dashboard.view.files.hub_advice import what_to_do
from hfdl_tui.demo.hub import Access, Fault, HubOptions, PretendHub, Quotas, Role, Status
from tests.hub.scripted import scripted_server

FILES = {"README.md": b"# Tiny", "data/a.bin": b"x" * 10, "data/b.bin": b"y" * 20}


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as running:
        yield running


def browser_of(endpoint: str, **environ: str) -> Browser:
    home = {"HOME": "/nonexistent", "HF_ENDPOINT": endpoint}
    return HubBrowser(Settings.load({}, home | environ))


def opened(browser: Browser, text: str, revision: str | None = None) -> Listing:
    listing = browser.open(text, revision, Listener(lambda _listing: None))
    assert listing is not None
    return listing


def test_datasets_and_models_are_found_together(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny-stories", FILES)
    hub.add_repo("acme/tiny", FILES, "model")
    hub.add_repo("acme/other", FILES)

    hits = browser_of(hub.endpoint).search(" tiny ")

    assert [(hit.repo_id, hit.repo_type) for hit in hits] == [
        ("acme/tiny", RepoType.MODEL),
        ("acme/tiny-stories", RepoType.DATASET),
    ]


def test_a_repo_is_listed_into_an_index(hub: PretendHub) -> None:
    commit = hub.add_repo("acme/tiny", FILES).head.sha
    seen: list[Listing] = []

    listing = browser_of(hub.endpoint).open("acme/tiny", None, Listener(seen.append))

    assert listing is not None
    assert list(listing.index.paths) == sorted(FILES)
    assert listing.index.size == 36
    assert (listing.snapshot.commit, listing.snapshot.repo_type) == (commit, RepoType.DATASET)
    assert (listing.is_complete, listing.refused, listing.path) == (True, None, None)
    assert [(len(early.index), early.is_complete) for early in seen] == [(3, False)]


def test_a_link_names_revision_and_folder(hub: PretendHub) -> None:
    repo = hub.add_repo("acme/tiny", FILES, "model")
    old = repo.head.sha
    repo.commit({"new.txt": b"new"})
    browser = browser_of(hub.endpoint)

    of_link = opened(browser, f"{hub.endpoint}/acme/tiny/tree/{old}/data")
    of_revision = opened(browser, "acme/tiny", old)

    assert of_link.path == "data"
    assert of_link.snapshot.commit == of_revision.snapshot.commit == old
    assert list(opened(browser, "acme/tiny").index.paths) == ["new.txt"]


def test_an_empty_repo_is_complete_at_once(hub: PretendHub) -> None:
    hub.add_repo("acme/empty", {})

    listing = opened(browser_of(hub.endpoint), "acme/empty")

    assert (len(listing.index), listing.is_complete) == (0, True)


def test_a_gated_repo_is_listed_and_its_refusal_told(hub: PretendHub) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)
    hub.add_token("hf_grantedgrantedgranted", repos=["acme/gated"])

    stranger = opened(browser_of(hub.endpoint), "acme/gated")
    friend = opened(browser_of(hub.endpoint, HF_TOKEN="hf_grantedgrantedgranted"), "acme/gated")

    assert len(stranger.index) == 3
    assert isinstance(stranger.refused, AccessDenied)
    assert friend.refused is None


def test_a_listing_ends_when_nobody_wants_it(hub: PretendHub) -> None:
    hub.add_repo("acme/many", {f"{number:04}": b"" for number in range(2500)})
    listener = Listener(lambda _listing: listener.stop.set())

    assert browser_of(hub.endpoint).open("acme/many", None, listener) is None
    asked = [record.path for record in hub.requests.select(role=Role.API)]
    assert sum("/tree/" in path for path in asked) == 1


def test_a_busy_hub_is_waited_for_and_the_wait_can_be_ended(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(Status(429, {"Retry-After": "200"}), role=Role.API))
    waits: list[float] = []
    stop = threading.Event()

    def waits_for(seconds: float) -> None:
        waits.append(seconds)
        stop.set()

    listener = Listener(lambda _listing: None, waits_for, stop)

    assert browser_of(hub.endpoint).open("acme/tiny", None, listener) is None
    assert waits == [200]


def test_the_card_comes_without_what_is_for_machines(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", {"README.md": b"---\nlicense: mit\n---\n# Tiny\n\x1b]0;PWNED\x07\n"})
    hub.add_repo("acme/bare", {"x": b""}, "model")
    browser = browser_of(hub.endpoint)

    card = browser.card(opened(browser, "acme/tiny").snapshot)

    assert card == "# Tiny\n\\x1b]0;PWNED\\x07"
    assert browser.card(opened(browser, "acme/bare").snapshot) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("---", "---"),
        ("---\nnever closed", "---\nnever closed"),
        ("---\r\na: b\r\n---\r\nbody\r\n", "body"),
        ("\ufeff---\na: b\n---\n\nbody", "body"),
        ("text\n---\nmore", "text\n---\nmore"),
        ("a\tb\u202ec", "a   b\\u202ec"),
    ],
)
def test_cards_of_all_shapes(text: str, shown: str) -> None:
    assert readable_card(text) == shown


def test_a_card_without_end_is_cut() -> None:
    card = readable_card("x" * 3 * LONGEST_CARD)

    assert len(card) < LONGEST_CARD + 100
    assert card.endswith("the Hub's page has the rest*")


def refusal_of(browser: Browser, text: str, revision: str | None = None) -> HfdlError:
    with pytest.raises(HfdlError) as refusal:
        browser.open(text, revision, Listener(lambda _listing: None))
    return refusal.value


def test_refusals_are_told_apart_and_each_has_its_advice(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.add_repo("acme/off", FILES, access=Access.DISABLED)
    plain = browser_of(hub.endpoint)
    refusals = {
        RepoNotFound: refusal_of(plain, "acme/nowhere"),
        RevisionNotFound: refusal_of(plain, "acme/tiny", "no-such-branch"),
        RepoDisabled: refusal_of(plain, "acme/off"),
        BadToken: refusal_of(browser_of(hub.endpoint, HF_TOKEN="hf_nobodysnobodys"), "acme/tiny"),
        UsageError: refusal_of(plain, "no repo at all"),
    }

    for kind, error in refusals.items():
        assert type(error) is kind
    titles = {what_to_do(error).title for error in refusals.values()}
    assert len(titles) == len(refusals)


def test_a_used_up_quota_is_told_from_a_hub_that_is_away() -> None:
    with PretendHub(HubOptions(quotas=Quotas(api=0, window=300))) as hub:
        with pytest.raises(HubBusy) as busy:
            browser_of(hub.endpoint).search("x")
        gone = hub.endpoint

    settings = Settings.load({}, {"HOME": "/nonexistent", "HF_ENDPOINT": gone})
    with pytest.raises(HubUnavailable) as away:
        HubBrowser(settings, contact_seconds=0).search("x")

    assert "patience" in what_to_do(busy.value).title
    assert "set HF_TOKEN" in str(busy.value)
    assert not isinstance(away.value, HubBusy)
    assert "cannot be reached" in what_to_do(away.value).title


def test_offline_is_told_as_it_was_set(hub: PretendHub) -> None:
    with pytest.raises(UsageError, match="HF_HUB_OFFLINE"):
        browser_of(hub.endpoint, HF_HUB_OFFLINE="1").search("x")


def test_what_answers_like_no_hub_is_refused() -> None:
    with scripted_server() as server:
        error = refusal_of(browser_of(server.url), "acme/tiny")

    assert isinstance(error, RepoNotFound)
