"""The mistakes that have a name; everything that can be expected is a value instead."""


class ParseError(Exception):
    """A frame or an answer of an exchange that does not say what its documentation says."""


class UserError(Exception):
    """A person's mistake; its text is one clear sentence and is shown as it is.

    ``choices`` are texts that would have been understood, offered as buttons where there are any.
    """

    def __init__(self, sentence: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.choices = choices


class ConfigError(Exception):
    """A setting that cannot work; found at start, said in one sentence, exit code 2."""


class TokenRefusedError(ConfigError):
    """A platform does not know this bot's token."""


class InUseError(ConfigError):
    """Another process has the database; no fault when that is what one asks about."""


class StoreError(Exception):
    """Storage could not do it now (locked, full, unreachable); nothing was changed. Try again."""


class HandledBeforeError(Exception):
    """An update that came again: what it asked for was done before its answer could be sent."""
