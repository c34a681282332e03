"""Judges what was heard: rolling windows, rules over them, and what a figure is worth."""
