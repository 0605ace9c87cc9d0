"""The stage on which all rows play: one laboratory, one Hub, and its repos."""

from collections.abc import Iterable
from typing import Final, Self

from tests.benchmarks.fleet_rows import MB
from tests.benchmarks.fleet_run import Repo
from tests.benchmarks.fleet_shapes import Shape, sizes_of, write_repo
from tests.netlab import MEGABIT, NetworkLab
from tests.netlab.plain_transfer import file_address, payload_rate

_PLAIN: Final = "bench/plain"
_PLAIN_PATH: Final = "plain.bin"


class Stage:
    """Made by `with`; `parts` are the repos it serves: a shape, and how many bytes."""

    def __init__(self, hosts: int, parts: Iterable[tuple[Shape, int]]) -> None:
        self.lab = NetworkLab(hosts, 8 * MEGABIT)
        self._parts = sorted(set(parts))
        self._repos: dict[tuple[Shape, int], Repo] = {}

    def __enter__(self) -> Self:
        self.lab.__enter__()
        try:
            self.hub = self.lab.start_hub(*self._made())
        except BaseException:
            self.lab.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.lab.close()

    def repo(self, shape: Shape, size: int) -> Repo:
        return self._repos[shape, size]

    def payload_of_a_cap(self) -> float:
        """Which part of its cap one plain transfer gets through one host as bytes of the file."""
        host = self.lab.hosts[0]
        host.hub_link.change(MB)
        return payload_rate(host, file_address(self.hub, _PLAIN, _PLAIN_PATH), 8 * MB) / MB

    def _made(self) -> list[str]:
        folder = self.lab.base / "source"
        write_repo(folder / "plain", {_PLAIN_PATH: 8 * MB})
        served = [f"dataset:{_PLAIN}={folder / 'plain'}"]
        for number, (shape, size) in enumerate(self._parts):
            sizes = sizes_of(shape, size)
            repo = Repo(f"bench/{shape}-{number}", folder / str(number), sum(sizes.values()))
            write_repo(repo.folder, sizes)
            self._repos[shape, size] = repo
            served.append(f"dataset:{repo.name}={repo.folder}")
        return served
