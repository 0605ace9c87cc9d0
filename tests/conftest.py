"""What holds for every test."""

from hypothesis import settings

# A machine shared with other tests is slow at random; no property here is about time.
settings.register_profile("hfdl", deadline=None)
settings.load_profile("hfdl")
