"""A slow link for some addresses: one queue for all their traffic, whatever the number of flows."""

from dataclasses import dataclass

from tests.netlab.namespace import Namespace

# What a home router holds back before it drops; netem would do it better and is seldom there.
_QUEUE_SECONDS = 0.15
_SMALLEST_QUEUE_BYTES = 16_000
_SMALLEST_BURST_BYTES = 3_000
_BURST_SECONDS = 0.005


@dataclass
class SlowLink:
    """What leaves `device` towards or from `addresses` (a u32 match) passes at `rate`."""

    namespace: Namespace
    device: str
    match: tuple[str, str]  # ("src" or "dst", network)
    rate: float  # bytes a second, headers of Ethernet, IP and TCP included

    def make(self) -> None:
        """Everything that the filter does not name goes past the queue at full speed."""
        tc = ("tc", "qdisc", "add", "dev", self.device)
        self.namespace.configure(*tc, "root", "handle", "1:", "htb")
        self._class("add")
        self._queue("add")
        self.namespace.configure(
            *("tc", "filter", "add", "dev", self.device, "parent", "1:", "protocol", "ip"),
            *("prio", "1", "u32", "match", "ip", *self.match, "flowid", "1:20"),
        )

    def change(self, rate: float) -> None:
        """From now on; what waits in the queue stays there."""
        self.rate = rate
        self._class("change")
        self._queue("change")

    def _class(self, act: str) -> None:
        rate = f"{int(self.rate)}bps"  # tc's name for bytes a second
        burst = str(int(max(_SMALLEST_BURST_BYTES, self.rate * _BURST_SECONDS)))
        self.namespace.configure(
            *("tc", "class", act, "dev", self.device, "parent", "1:", "classid", "1:20"),
            *("htb", "rate", rate, "ceil", rate, "burst", burst, "cburst", burst),
        )

    def _queue(self, act: str) -> None:
        limit = str(int(max(_SMALLEST_QUEUE_BYTES, self.rate * _QUEUE_SECONDS)))
        self.namespace.configure(
            *("tc", "qdisc", act, "dev", self.device, "parent", "1:20", "handle", "20:"),
            *("bfifo", "limit", limit),
        )


@dataclass(frozen=True)
class SlowBothWays:
    """A host's way to the Hub and back; both directions have the same cap."""

    down: SlowLink
    up: SlowLink

    @property
    def rate(self) -> float:
        return self.down.rate

    def make(self) -> None:
        self.down.make()
        self.up.make()

    def change(self, rate: float) -> None:
        self.down.change(rate)
        self.up.change(rate)
