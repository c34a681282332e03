"""Flush: the life of one market event, from its onset to the all-clear."""
