"""Tests of the exchanges' dialects."""
