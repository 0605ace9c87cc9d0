"""What the user decided: options, environment, config file and defaults as one frozen value."""

from hfdl_core.settings.model import Settings
from hfdl_core.settings.values import parse_rate, parse_size

__all__ = ["Settings", "parse_rate", "parse_size"]
