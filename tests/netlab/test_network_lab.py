"""The laboratory keeps its promises: caps hold, the LAN is fast, and nothing stays behind."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.netlab.conftest import RATE
from tests.netlab.hub_process import HubProcess
from tests.netlab.lab import MEGABIT, Host, NetworkLab
from tests.netlab.leftovers import namespaces, remove_leftovers
from tests.netlab.plain_transfer import connection, file_address, lan_rate, payload_rate

MIB = 1 << 20
MOST = 0.96 * RATE  # what headers leave of the cap
LEAST = 0.5 * RATE  # processors that others use, too, may not keep up; a cap is never exceeded


@pytest.mark.parametrize("flows", [1, 2, 4])
def test_a_host_gets_its_cap_and_no_more_with_any_number_of_flows(
    lab: NetworkLab, hub: HubProcess, flows: int
) -> None:
    address = file_address(hub, "acme/big", "big.bin")

    rate = payload_rate(lab.hosts[0], address, 4 * MIB, flows)

    assert LEAST < rate < MOST


def test_each_host_has_a_cap_of_its_own(lab: NetworkLab, hub: HubProcess) -> None:
    address = file_address(hub, "acme/big", "big.bin")
    lab.hosts[1].hub_link.change(RATE / 4)

    received = _received_while_both_load(lab, address)

    assert 2 < received[0] / received[1] < 6


def test_machines_reach_each_other_at_full_speed(lab: NetworkLab) -> None:
    up = lan_rate(lab.hosts[0], lab.master, 64 * MIB)
    down = lan_rate(lab.master, lab.hosts[0], 64 * MIB)

    assert min(up, down) > 5 * RATE


def test_what_a_host_sends_to_the_hub_is_capped_too(lab: NetworkLab) -> None:
    lab.hosts[0].hub_link.change(4 * MEGABIT)

    rate = lan_rate(lab.hosts[0], lab.hub, MIB)

    assert rate < 4 * MEGABIT * 1.5  # socket buffers hide a part of it


def test_a_new_rate_holds_for_a_transfer_under_way(lab: NetworkLab, hub: HubProcess) -> None:
    host = lab.hosts[0]
    curl = host.start("curl", "-sL", "-o", "/dev/null", file_address(hub, "acme/big", "big.bin"))
    time.sleep(1)
    before = _receiving_rate(host, 1.0)

    host.hub_link.change(RATE / 4)
    time.sleep(2)  # the queue must run empty, and the sender find its pace
    after = _receiving_rate(host, 1.5)
    curl.kill()

    assert LEAST < before < 1.1 * RATE
    assert after < 0.4 * RATE


def test_a_host_that_is_cut_off_reaches_nobody_until_it_is_plugged_in(
    lab: NetworkLab, hub: HubProcess
) -> None:
    host = lab.hosts[0]
    asked = ("curl", "-sf", "-o", "/dev/null", "--max-time", "2", f"{hub.endpoint}/api/datasets")

    with connection(host, lab.master) as (opened, accepted):
        host.cut_off()
        opened.send(b"anybody there?")
        accepted.settimeout(0.5)
        with pytest.raises(TimeoutError):
            accepted.recv(100)
    alone = host.run(*asked).returncode
    others = lab.hosts[1].run(*asked).returncode
    host.plug_in()

    assert (alone != 0, others) == (True, 0)
    assert host.run(*asked).returncode == 0


def test_every_machine_has_its_own_name_and_home(lab: NetworkLab) -> None:
    said = {host.run("sh", "-c", 'hostname; echo "$HOME"').stdout for host in lab.hosts}

    assert said == {f"{host.name}\n{host.base}/home\n" for host in lab.hosts}


def test_the_hub_says_what_it_sent_and_waits_when_told(lab: NetworkLab, hub: HubProcess) -> None:
    begun = time.time()

    with hub.answering_after(0.3):
        rate = payload_rate(lab.hosts[0], file_address(hub, "acme/big", "big.bin"), 64 * 1024)

    assert 64 * 1024 / rate > 0.6  # the Hub's answer and the CDN's
    sent = hub.sent_since(begun)
    assert (sent.requests, sent.to_the_site, sent.file_bytes) == (2, 1, 64 * 1024)


def test_nothing_is_left_when_the_laboratory_closes() -> None:
    with NetworkLab(hosts=1, hub_rate=MEGABIT) as lab:
        sleeper = lab.hosts[0].start("sleep", "1000")

        assert len(namespaces(lab.prefix)) == 4

    assert namespaces(lab.prefix) == []
    assert sleeper.poll() is not None
    assert not lab.base.exists()


def test_the_next_run_takes_away_what_a_killed_one_left() -> None:
    program = (
        "import json, time\n"
        "from tests.netlab import NetworkLab, MEGABIT\n"
        "with NetworkLab(hosts=1, hub_rate=MEGABIT) as lab:\n"
        "    sleeper = lab.hosts[0].start('sleep', '1000')\n"
        "    print(json.dumps([lab.prefix, str(lab.base), sleeper.pid]), flush=True)\n"
        "    time.sleep(1000)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as run:
        assert run.stdout is not None
        prefix, base, sleeper = json.loads(run.stdout.readline())
        run.kill()

    assert namespaces(prefix)
    taken = remove_leftovers()

    assert len([name for name in taken if name.startswith(prefix)]) == 4
    assert namespaces(prefix) == []
    assert not Path(base).exists()
    assert not _runs(sleeper)


def _runs(pid: int) -> bool:
    """Whether it is more than an entry that its parent has not yet asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _received_while_both_load(lab: NetworkLab, address: str) -> list[int]:
    curls = [host.start("curl", "-sL", "-o", "/dev/null", address) for host in lab.hosts]
    time.sleep(0.5)
    before = [host.namespace.traffic().received for host in lab.hosts]
    time.sleep(2)
    after = [host.namespace.traffic().received for host in lab.hosts]
    for curl in curls:
        curl.kill()
    return [end - begin for begin, end in zip(before, after, strict=True)]


def _receiving_rate(host: Host, seconds: float) -> float:
    before = host.namespace.traffic().received
    time.sleep(seconds)
    return (host.namespace.traffic().received - before) / seconds
