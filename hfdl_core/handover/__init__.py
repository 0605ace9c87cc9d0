"""What passes between a worker and the collector: ranges of files, and how far they are safe."""

from hfdl_core.handover.blocks import Block, FileKey, Handover, Presence, Receipt

__all__ = ["Block", "FileKey", "Handover", "Presence", "Receipt"]
