"""Telegram as a chat platform: listen, answer, notify."""
