"""The Hub's request quota, shared by all that ask with one token or from one machine."""

from hfdl_core.queue.answers import Permits, QuotaTold
from hfdl_core.queue.keys import quota_key
from hfdl_core.queue.room import QueueRoom
from hfdl_core.queue.scripts import load_script


class Quota(QueueRoom):
    """Paced by what answers of the Hub tell; both moves are sent once, and may be lost or repeated.

    `owner` names those who share a quota, `bucket` the Hub's kind of requests.
    """

    def note_quota(self, owner: str, bucket: str, told: QuotaTold) -> None:
        """Tell the others what an answer told: the lowest rest of a window is the truth."""
        self._connection.run_once(
            load_script("quota_note"),
            [quota_key(owner, bucket)],
            [
                told.remaining,
                round(told.reset_seconds * 1000),
                told.quota or 0,
                round((told.window_seconds or 0) * 1000),
            ],
        )

    def take_quota(
        self, owner: str, bucket: str, holder: str, *, held: int, wanted: int
    ) -> Permits:
        """Ask for leave to send `wanted` requests; more may be granted, for the next moment.

        `held` permits of this holder are not answered yet; those of a holder that is silent for
        10 s are void. Where nothing is known of the bucket, a few are granted at a time.
        """
        granted, wait_ms, holders, is_told = self._connection.run_once(
            load_script("quota_take"), [quota_key(owner, bucket)], [holder, held, wanted]
        )
        return Permits(granted, wait_ms / 1000, holders, bool(is_told))
