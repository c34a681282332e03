"""Property tests find the same in every run; ``--hypothesis-profile=explore`` looks further."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile("repeatable")
