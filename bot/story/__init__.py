"""Tells flushes to those who follow them: one message with a life, and few that ring."""
