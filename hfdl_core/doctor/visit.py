"""Everything that is looked at, in the order in which it is told."""

from collections.abc import Mapping, Sequence

from hfdl_core.doctor.collector_checks import CollectorExamination
from hfdl_core.doctor.disk_checks import disk_checks
from hfdl_core.doctor.hub_checks import HubExamination
from hfdl_core.doctor.machine_checks import machine_checks
from hfdl_core.doctor.redis_checks import QueueExamination
from hfdl_core.doctor.repo_checks import RepoExamination
from hfdl_core.doctor.rounds import Chain
from hfdl_core.doctor.way_out import certificates_check, names_check, proxy_checks
from hfdl_core.hub import RepoReference
from hfdl_core.settings import Settings


def chains_of(
    settings: Settings, environ: Mapping[str, str], repo: RepoReference | None
) -> Sequence[Chain]:
    """Chains run beside each other; `repo` is looked at when one is named."""
    queue = QueueExamination(settings)
    collectors = CollectorExamination(settings, queue.reached)
    hub = HubExamination(settings).checks()
    alone = [
        *proxy_checks(settings),
        names_check(settings),
        certificates_check(settings),
        *disk_checks(settings.output_dir),
        *machine_checks(settings, environ),
    ]
    return [
        (*queue.checks(), collectors.check()),
        hub if repo is None else (*hub, *RepoExamination(settings, repo).checks()),
        *((check,) for check in alone),
    ]
