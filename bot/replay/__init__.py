"""Runs recorded frames through the real dialects, windows and rules at full speed."""
