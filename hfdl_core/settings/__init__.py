"""What the user decided: options, environment, config file and defaults as one frozen value."""

from hfdl_core.settings.model import Settings

__all__ = ["Settings"]
