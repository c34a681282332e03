"""Tests of charts and of the studio that has them drawn."""
