"""The scaling curve: one file through 1, 2, 4, 8, 16 hosts, each with its share of the bytes."""

import argparse
import sys
from typing import Final

from tests.benchmarks.fleet_rows import MB, Delivery, Row
from tests.benchmarks.fleet_run import FleetRun
from tests.benchmarks.fleet_shapes import Shape
from tests.benchmarks.fleet_stage import Stage
from tests.pictures.scaling import Measured, save

_HOSTS: Final = (1, 2, 4, 8, 16)


def main(given: argparse.Namespace) -> int:
    """The size is the file's for eight hosts; each number of hosts takes about as long."""
    sizes = {hosts: given.size * hosts // 8 for hosts in _HOSTS}
    delivery = Delivery(given.deliver or Delivery.GATHER)
    with Stage(max(_HOSTS), [(Shape.ONE, nbytes) for nbytes in sizes.values()]) as stage:
        payload = stage.payload_of_a_cap()
        print(f"one curl through one host gets {payload:.4f} MB/s")
        print(f"{'hosts':>6}{'MB':>7}{'s':>9}{'MB/s':>8}{'of limit':>10}{'busy':>6}")
        points = []
        for hosts, nbytes in sizes.items():
            row = Row(f"{hosts}", f"{hosts} hosts", Shape.ONE, (1.0,) * hosts, delivery=delivery)
            run = FleetRun(stage.lab, stage.hub, given.connections)
            outcome = run.run(row, stage.repo(Shape.ONE, nbytes), payload)
            rate = nbytes / MB / outcome.seconds
            points.append(Measured(hosts, rate, hosts * payload))
            print(
                f"{hosts:>6}{nbytes / MB:>7.0f}{outcome.seconds:>9.2f}{rate:>8.3f}"
                f"{outcome.of_limit:>10.3f}{outcome.machine_busy:>6.0%}",
                flush=True,
            )
    sys.stdout.write(f"drawn: {save(points)}\n")
    return 0
