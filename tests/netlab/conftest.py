"""One laboratory for a module; its hosts are as they were made at the beginning of each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.netlab import MEGABIT, HubProcess, NetworkLab, why_not

RATE = 16 * MEGABIT


@pytest.fixture(scope="session")
def whole_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[NetworkLab, HubProcess]]:
    missing = why_not()
    if missing is not None:
        pytest.skip(missing)
    folder: Path = tmp_path_factory.mktemp("repo")
    with (folder / "big.bin").open("wb") as file:
        file.truncate(64 << 20)
    with NetworkLab(hosts=2, hub_rate=RATE) as running:
        yield running, running.start_hub(f"dataset:acme/big={folder}")


@pytest.fixture
def lab(whole_lab: tuple[NetworkLab, HubProcess]) -> NetworkLab:
    for host in whole_lab[0].hosts:
        host.hub_link.change(RATE)
        host.plug_in()
    return whole_lab[0]


@pytest.fixture
def hub(whole_lab: tuple[NetworkLab, HubProcess]) -> HubProcess:
    return whole_lab[1]
