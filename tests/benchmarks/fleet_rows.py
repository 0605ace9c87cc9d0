"""The rows of the fleet's table: what is fetched, through which caps, and what happens at half."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.benchmarks.fleet_shapes import Shape

MB: Final = 1_000_000
SLOWED: Final = 0.05
EIGHT: Final = (1.0,) * 8


class AtHalf(StrEnum):
    """What befalls the first host when half of the bytes have left the Hub."""

    NOTHING = "nothing"
    CUT_OFF = "cut off"
    SLOWED = "slowed"


class Delivery(StrEnum):
    """How the bytes come to one place."""

    GATHER = "gather"
    SHARED = "shared"  # one lease a file: nothing is split, nothing stolen


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    shape: Shape
    caps: Sequence[float] = EIGHT  # MB/s on the wire, per host
    at_half: AtHalf = AtHalf.NOTHING
    bars: tuple[float, float] = (0.0, 0.0)  # at 256 MiB and at 1 GiB; 0: none is set
    delivery: Delivery = Delivery.GATHER
    part: float = 1.0  # of the size: slow baselines would take all evening
    answer_seconds: float = 0.0  # the Hub's, before each answer

    def undisturbed_seconds(self, nbytes: int, payload: float) -> float:
        """As if nothing happened at half."""
        return nbytes / (sum(self.caps) * MB * payload)

    def ideal_seconds(self, nbytes: int, payload: float) -> float:
        """The least that these links allow; `payload` is what headers leave of a cap."""
        rate = sum(self.caps) * MB * payload
        lost = self.caps[0] * MB * payload
        match self.at_half:
            case AtHalf.NOTHING:
                return self.undisturbed_seconds(nbytes, payload)
            case AtHalf.CUT_OFF:
                return nbytes / 2 / rate + nbytes / 2 / (rate - lost)
            case AtHalf.SLOWED:
                return nbytes / 2 / rate + nbytes / 2 / (rate - lost * (1 - SLOWED))


UNEQUAL: Final = (0.25, 0.5, 1, 1, 1, 1, 2, 2)
ROWS: Final = (
    Row("one", "one file", Shape.ONE, bars=(0.97, 0.98)),
    Row("skewed", "skewed", Shape.SKEWED, bars=(0.96, 0.97)),
    Row("unequal", "caps 0.25 to 2 MB/s", Shape.ONE, UNEQUAL, bars=(0.0, 0.96)),
    Row("cut", "one host cut off", Shape.ONE, at_half=AtHalf.CUT_OFF, bars=(0.0, 0.92)),
    Row("slow", "one host down to 5 %", Shape.ONE, at_half=AtHalf.SLOWED, bars=(0.0, 0.92)),
    Row(
        "whole-one",
        "one file, a lease a file",
        Shape.ONE,
        delivery=Delivery.SHARED,
        part=0.25,
    ),
    Row(
        "whole-skewed",
        "skewed, a lease a file",
        Shape.SKEWED,
        delivery=Delivery.SHARED,
        part=0.25,
    ),
    Row("small", "2,000 files of 4 KB", Shape.SMALL, answer_seconds=0.04),
)
