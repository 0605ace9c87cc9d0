"""What shows hfdl without a network: the pretend Hub, and what is built on it."""
