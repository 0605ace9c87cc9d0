"""Whether this machine lets us make networks of our own."""

import os
import shutil
import subprocess
from functools import cache

from tests.netlab.namespace import SYSTEM_PATH


@cache
def why_not() -> str | None:
    """One sentence that says what is missing; None when nothing is."""
    if os.geteuid() != 0:
        return "the network laboratory needs root, to make network namespaces"
    for program in ("ip", "tc", "unshare", "curl"):
        if shutil.which(program, path=SYSTEM_PATH) is None:
            return f"the network laboratory needs `{program}`: install iproute2, util-linux, curl"
    # In a namespace of its own, which ends with the command: nothing is left, whatever happens.
    attempt = (
        "mount --make-rprivate / && mount -t tmpfs none /run && ip netns add hfdl-lab-try"
        " && ip link add one type veth peer name two && ip link add three type bridge"
        " && tc qdisc add dev one root handle 1: htb"
        " && tc class add dev one parent 1: classid 1:1 htb rate 8mbit"
        " && tc qdisc add dev one parent 1:1 bfifo limit 100000"
        " && tc filter add dev one parent 1: protocol ip u32 match ip src 10.0.0.1/32 flowid 1:1"
    )
    tried = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", attempt],  # noqa: S607 - found in SYSTEM_PATH
        env={"PATH": SYSTEM_PATH},
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        complaint = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"the network laboratory may not shape networks here: {complaint}"
    return None
