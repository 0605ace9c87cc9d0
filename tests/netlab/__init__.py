"""Machines on one desk: hosts with a slow way to the Hub and a fast one to each other.

with NetworkLab(hosts=2, hub_rate=MEGABIT * 8) as lab:
    hub = lab.start_hub("dataset:acme/big=/data/big")
    lab.hosts[0].run("curl", "-s", hub.endpoint)
    lab.hosts[1].hub_link.change(MEGABIT)
    lab.hosts[1].cut_off()

Needs root and `tc`; `why_not()` says what is missing.
"""

from tests.netlab.hub_process import HubProcess, Sent
from tests.netlab.lab import MEGABIT, Host, NetworkLab
from tests.netlab.possible import why_not

__all__ = ["MEGABIT", "Host", "HubProcess", "NetworkLab", "Sent", "why_not"]
