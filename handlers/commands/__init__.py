"""The commands: one file each, one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from handlers.commands.alert import Alert
from handlers.commands.alerts import Alerts
from handlers.commands.flush import Flush
from handlers.commands.flushes import Flushes
from handlers.commands.follow import Follow
from handlers.commands.help import Help
from handlers.commands.history import History
from handlers.commands.imbalance import Imbalance
from handlers.commands.liqs import Liqs
from handlers.commands.market import Market
from handlers.commands.mute import Mute
from handlers.commands.sources import Sources
from handlers.commands.start import Start
from handlers.commands.stop import Stop
from handlers.commands.test import Test
from handlers.commands.top import Top
from handlers.commands.unmute import Unmute
from handlers.commands.why import Why
from handlers.talk import Command

_COMMANDS: tuple[Command, ...] = (
    Start(),
    Liqs(),
    Imbalance(),
    Top(),
    History(),
    Market(),
    Alert(),
    Alerts(),
    Follow(),
    Flush(),
    Flushes(),
    Why(),
    Test(),
    Mute(),
    Unmute(),
    Stop(),
    Sources(),
)

COMMANDS: Mapping[str, Command] = MappingProxyType(
    {command.name: command for command in (*_COMMANDS, Help(_COMMANDS))}
)
"""By name, in the order of menus and ``/help``."""

VERBS: Mapping[str, Command] = MappingProxyType(
    {verb: command for command in COMMANDS.values() for verb in command.verbs}
)
"""Which command answers a button."""
