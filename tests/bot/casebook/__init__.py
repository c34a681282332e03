"""Tests of cases: what is kept of minutes, and what is made of it."""
