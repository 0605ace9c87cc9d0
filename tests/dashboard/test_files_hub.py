"""The page of files over a real (pretended) Hub: what it refuses is told, and how to go on."""

from collections.abc import Iterator

import pytest
from textual.widgets import Input

from hfdl_core.settings import Settings
from hfdl_tui.dashboard.dialogs.launch import LaunchDialog
from hfdl_tui.dashboard.view.files.browser import HubBrowser
from hfdl_tui.demo.hub import Access, Fault, HubOptions, PretendHub, Quotas, Role, Status
from tests.dashboard.fakes import FakeSource
from tests.dashboard.running import running
from tests.dashboard.screen import awaited, screen_text, until, until_shown

FILES = {"README.md": b"# Tiny\n\nwords\n", "data/a.bin": b"x" * 1000, "data/b.bin": b"y" * 2000}


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as running_hub:
        yield running_hub


def browser_of(hub: PretendHub, **environ: str) -> HubBrowser:
    home = {"HOME": "/nonexistent", "HF_ENDPOINT": hub.endpoint}
    return HubBrowser(Settings.load({}, home | environ), contact_seconds=0.2)


@awaited
async def test_a_repo_is_found_opened_read_and_handed_over(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES)
    source = FakeSource()
    async with running(source, browser=browser_of(hub)) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"tiny")
        await until_shown(pilot, "acme/tiny")
        await pilot.press("down", "enter")
        await until_shown(pilot, "3 files, 3.0 kB")

        await pilot.press("i")
        await until_shown(pilot, "words")
        await pilot.press("escape", "space")
        await until_shown(pilot, "2 files  3.0 kB")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, LaunchDialog))

        await until(pilot, lambda: bool(source.requests))
        assert source.requests[-1].include == ("data/*",)
        assert source.orders == []


@awaited
async def test_a_link_leads_to_its_folder(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES, "model")
    async with running(FakeSource(), browser=browser_of(hub)) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        line = app.screen.query_one("#files-repo", Input)
        line.value = f"{hub.endpoint}/acme/tiny/blob/main/data/b.bin"
        await pilot.press("enter")

        await until_shown(pilot, "▌▢       b.bin")


@awaited
async def test_refusals_are_told_apart_and_r_tries_again(hub: PretendHub) -> None:
    async with running(FakeSource(), browser=browser_of(hub)) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/later", "enter")
        await until_shown(pilot, "Not found, or private")
        assert "hf auth login" in screen_text(app)
        await pilot.press("n")
        await until_shown(pilot, "no repo is open: o chooses one")

        hub.add_repo("acme/later", FILES)
        await pilot.press("r")
        await until_shown(pilot, "3 files, 3.0 kB")
        await pilot.press("r")
        await until_shown(pilot, "everything is listed; o opens another repo")


@awaited
async def test_a_gated_repo_can_be_looked_at_and_says_what_to_do(hub: PretendHub) -> None:
    hub.add_repo("acme/gated", FILES, access=Access.GATED)
    async with running(FakeSource(), (160, 50), browser_of(hub)) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/gated", "enter")
        await until_shown(pilot, "data/")
        await until_shown(pilot, "No access: ask for it")
        assert "Accept the terms" in screen_text(app)

        await pilot.press("n")
        await pilot.pause()
        assert not isinstance(app.screen, LaunchDialog)


@awaited
async def test_a_token_that_is_not_valid(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES)
    browser = browser_of(hub, HF_TOKEN="hf_nobodysnobodysnobodys")
    async with running(FakeSource(), browser=browser) as (app, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/tiny", "enter")

        await until_shown(pilot, "The token is not valid")
        assert "hf_nobodys" not in screen_text(app)


@awaited
async def test_a_hub_that_is_away_and_one_that_is_busy() -> None:
    with PretendHub() as gone:
        away = browser_of(gone)
    async with running(FakeSource(), browser=away) as (_, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/tiny", "enter")
        await until_shown(pilot, "The Hub cannot be reached")
        await pilot.press("o", "ctrl+u", *"no repo at all", "enter")
        await until_shown(pilot, "This cannot be asked for")

    with PretendHub(HubOptions(quotas=Quotas(api=0, window=300))) as busy:
        async with running(FakeSource(), browser=browser_of(busy)) as (_, pilot):
            await until_shown(pilot, "Which repo?")
            await pilot.press(*"acme/tiny")
            await until_shown(pilot, "The Hub asks for patience")


@awaited
async def test_another_repo_ends_the_wait_for_the_first(hub: PretendHub) -> None:
    hub.add_repo("acme/tiny", FILES)
    hub.faults.add(Fault(Status(429, {"Retry-After": "200"}), role=Role.API, times=1))
    async with running(FakeSource(), browser=browser_of(hub)) as (_, pilot):
        await until_shown(pilot, "Which repo?")
        await pilot.press(*"acme/slow", "enter")
        await until_shown(pilot, "asks for patience: next try in 3 m 20 s.")
        await pilot.press("o", "ctrl+u", *"acme/tiny", "enter")

        await until_shown(pilot, "3 files, 3.0 kB")
