"""Hypothesis settings for all tests: the same examples every time, and no deadline."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
