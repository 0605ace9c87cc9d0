"""Where hfdl and huggingface_hub keep their records below an output directory."""

from typing import Final

Parts = tuple[str, ...]

HUB: Final[Parts] = (".cache", "huggingface")
HUB_DOWNLOADS: Final[Parts] = (*HUB, "download")
HUB_TREES: Final[Parts] = (*HUB, "trees")

# Below the Hub's own: beside it, our files would make `hf upload` of the directory fail (it takes
# nothing under .cache but leaves out .cache/huggingface) and be "extra" to `hf cache verify`.
CONTROL: Final[Parts] = (*HUB, "hfdl")
INCOMPLETE: Final[Parts] = (*CONTROL, "incomplete")
PROBES: Final[Parts] = (*CONTROL, "probes")
MANIFESTS: Final[Parts] = (*CONTROL, "manifests")
