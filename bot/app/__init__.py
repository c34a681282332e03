"""The wiring: it builds every room and runs them in one TaskGroup. It alone knows all three."""

from bot.app.platform import Platform
from bot.app.running import Bot
from bot.app.wiring import build

__all__ = ["Bot", "Platform", "build"]
