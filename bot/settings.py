"""Environment and ``.env`` become ``Settings``; the only reader of the environment."""

import os
import re
from pathlib import Path
from typing import Any, Self

import platformdirs
from pydantic import (
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.env_file import read_env_file
from bot.errors import ConfigError
from bot.exchanges import EXCHANGES
from bot.exchanges.dialect import Exchange
from bot.rules import Destination
from bot.setting_names import all_urls, exchange_choices, url_name
from bot.structure import STRUCTURE

MOST_COINS = 20
COINS_OFF = "OFF"
MOST_NEWS_FEEDS = 10

_NEWS_FEED = r"(https://[^/\s@?#]+|http://(127\.0\.0\.1|localhost)(:\d{1,5})?)([/?]\S*)?"
"""Headlines are quoted, so nobody on the way may write them; this very machine is no way."""


class Settings(BaseModel):
    """Everything that can be set, by its name in the environment (any case)."""

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    discord_token: SecretStr | None = None
    discord_api_url: str = "https://discord.com/api"
    discord_gateway_url: str = "wss://gateway.discord.gg"
    coinglass_api_key: SecretStr | None = None
    coinglass_url: str = "https://open-api-v4.coinglass.com"
    database_url: SecretStr | None = None
    data_dir: Path = Field(default_factory=lambda: platformdirs.user_data_path("liqwatch"))
    exchanges: str = ",".join(EXCHANGES)
    coins: str = "BTC,ETH,SOL,XRP,DOGE"
    operator: str = ""
    allow: str = ""
    news_feeds: str = ""
    https_proxy: str = ""
    log_level: str = "info"
    metrics_port: int | None = None
    urls: dict[str, str] = Field(default_factory=all_urls)
    choices: dict[str, str] = Field(default_factory=dict)

    @field_validator("exchanges")
    @classmethod
    def _known_exchanges(cls, value: str) -> str:
        names = [name.strip().lower() for name in value.split(",") if name.strip()]
        for name in names:
            if name not in EXCHANGES:
                raise ValueError(f"{name} is no exchange known here; known: {', '.join(EXCHANGES)}")
        if not names:
            raise ValueError(f"name at least one of: {', '.join(EXCHANGES)}")
        return ",".join(dict.fromkeys(names))

    @field_validator("coins")
    @classmethod
    def _coins_are_words(cls, value: str) -> str:
        names = [name.strip().upper() for name in value.split(",") if name.strip()]
        if names == [COINS_OFF]:
            return ""
        for name in names:
            if not re.fullmatch(r"[A-Z0-9]{1,20}", name):
                raise ValueError("write coins as BTC,ETH,SOL, or off")
        # Everything else is compared with it.
        names = list(dict.fromkeys(("BTC", *names)))
        if len(names) > MOST_COINS:
            raise ValueError(f"name at most {MOST_COINS}, BTC among them")
        return ",".join(names)

    @field_validator("operator")
    @classmethod
    def _an_operator_is_a_chat(cls, value: str) -> str:
        if value and not re.fullmatch(r"(telegram:-?|discord:)\d{1,19}", value, re.ASCII):
            raise ValueError("write it as telegram:123456 or discord:123456")
        return value

    @field_validator("allow")
    @classmethod
    def _those_allowed_have_ids(cls, value: str) -> str:
        entries = [entry.strip() for entry in value.split(",") if entry.strip()]
        for entry in entries:
            if not re.fullmatch(r"(telegram:-?|discord:)\d{1,19}", entry, re.ASCII):
                raise ValueError(
                    "write telegram:<chat or person id> or discord:<server or person id>, "
                    "with commas"
                )
        return ",".join(entries)

    @field_validator("news_feeds")
    @classmethod
    def _news_feeds_are_addresses(cls, value: str) -> str:
        feeds = [feed.strip() for feed in value.split(",") if feed.strip()]
        if len(feeds) > MOST_NEWS_FEEDS:
            raise ValueError(f"name at most {MOST_NEWS_FEEDS} feeds")
        for feed in feeds:
            if not re.fullmatch(_NEWS_FEED, feed):
                # Not repeated: it may hold a key.
                raise ValueError("write addresses that begin with https://, with commas")
        return ",".join(dict.fromkeys(feeds))

    @field_validator("log_level")
    @classmethod
    def _a_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("write debug, info, warning or error")
        return value.lower()

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _a_port(cls, value: object) -> object:
        if value is None or (
            re.fullmatch(r"[1-9]\d{0,4}", str(value), re.ASCII) and int(str(value)) < 65536
        ):
            return value
        raise ValueError("write a port from 1 to 65535, such as 9464, or leave it empty")

    @field_validator("telegram_token", "discord_token", "coinglass_api_key")
    @classmethod
    def _a_token_is_one_word(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[\x21-\x7e]+", value.get_secret_value()):
            raise ValueError("a token has no spaces and only ASCII characters; copy it again")
        return value

    @model_validator(mode="after")
    def _urls_have_a_scheme(self) -> Self:
        named = {
            "TELEGRAM_API_URL": self.telegram_api_url,
            "DISCORD_API_URL": self.discord_api_url,
            "DISCORD_GATEWAY_URL": self.discord_gateway_url,
            "COINGLASS_URL": self.coinglass_url,
            **self.urls,
        }
        for name, url in named.items():
            if not re.match(r"(https?|wss?)://[^/\s]+", url):
                # Not repeated: it may hold a password.
                raise ValueError(f"{name} must begin with https:// or wss://")
        return self

    @field_validator("choices")
    @classmethod
    def _a_choice_is_one_of_its_values(cls, value: dict[str, str]) -> dict[str, str]:
        known = exchange_choices()
        for name, chosen in value.items():
            if chosen not in known[name]:
                raise ValueError(f"{name} is {' or '.join(known[name])}, not {chosen[:40]!a}")
        return value

    @field_validator("https_proxy")
    @classmethod
    def _a_proxy_speaks_http(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]+", value):
            raise ValueError("write it as http://host:port (SOCKS proxies are not supported)")
        return value

    @property
    def database(self) -> str | None:
        """The database's URL, None for SQLite in the data directory."""
        return self.database_url.get_secret_value() if self.database_url else None

    @property
    def exchange_names(self) -> list[str]:
        return self.exchanges.split(",")

    @property
    def coin_names(self) -> tuple[str, ...]:
        """The coins whose market is followed, BTC first; empty: none is."""
        return tuple(self.coins.split(",")) if self.coins else ()

    @property
    def source_names(self) -> list[str]:
        """The sources of market structure; those with a key only where it is set."""
        key = self.coinglass_api_key
        return [name for name, source in STRUCTURE.items() if key or not source.keyed]

    @property
    def news_addresses(self) -> tuple[str, ...]:
        """The feeds that headlines are read from; empty: none are."""
        return tuple(self.news_feeds.split(",")) if self.news_feeds else ()

    def urls_of(self, exchange: str) -> dict[str, str]:
        """An exchange's base URLs by role, without a trailing slash."""
        roles = EXCHANGES[exchange].urls
        return {role: self.urls[url_name(exchange, role)].rstrip("/") for role in roles}

    def urls_of_source(self, name: str) -> dict[str, str]:
        """A structure source's base URLs by role, without a trailing slash."""
        source = STRUCTURE[name]
        if source.keyed:
            return dict.fromkeys(source.urls, self.coinglass_url.rstrip("/"))
        known = {**all_urls(), **self.urls}
        return {role: known[url_name(name, role)].rstrip("/") for role in source.urls}

    def key_of_source(self, name: str) -> str:
        """ "" for a source without a key."""
        key = self.coinglass_api_key if STRUCTURE[name].keyed else None
        return key.get_secret_value() if key else ""

    def exchange(self, name: str) -> Exchange:
        """An exchange's dialect with its choices made."""
        prefix = f"{name}_".upper()
        chosen = {
            setting.removeprefix(prefix).lower(): value
            for setting, value in self.choices.items()
            if setting.startswith(prefix)
        }
        return EXCHANGES[name].choose(chosen)

    @property
    def operator_destination(self) -> Destination | None:
        """Where notices about the bot itself go; positive ids are people."""
        if not self.operator:
            return None
        platform, chat = self.operator.split(":")
        return Destination(platform, int(chat), direct=not chat.startswith("-"))

    @property
    def secrets(self) -> list[str]:
        """What must never be shown."""
        hidden = (
            self.telegram_token,
            self.discord_token,
            self.coinglass_api_key,
            self.database_url,
        )
        return [secret.get_secret_value() for secret in hidden if secret]

    @property
    def allowed(self) -> frozenset[tuple[str, int]]:
        """Platform and id of who may use this installation, its operator too; empty: everyone."""
        named = [*self.allow.split(","), self.operator] if self.allow else []
        entries = (entry.split(":") for entry in named if entry)
        return frozenset((platform, int(number)) for platform, number in entries)


def load_settings(env_file: Path = Path(".env"), **overrides: Any) -> Settings:
    """Read the environment over ``.env`` over the defaults.

    Raises ``ConfigError`` in one sentence for a file that cannot be read and for any value that
    cannot work.
    """
    written = read_env_file(env_file, known_names())
    given = {k.upper(): v for k, v in {**written, **os.environ}.items() if v}
    values = {name: given[name.upper()] for name in Settings.model_fields if name.upper() in given}
    urls = {name: given.get(name, default) for name, default in all_urls().items()}
    choices = {name: given[name].lower() for name in exchange_choices() if name in given}
    try:
        return Settings(**{**values, "urls": urls, "choices": choices, **overrides})
    except ValidationError as error:
        raise ConfigError(_one_sentence(error)) from None


def known_names() -> list[str]:
    """Every name that may stand in ``.env``."""
    fields = [n.upper() for n in Settings.model_fields if n not in ("urls", "choices")]
    return [*fields, *all_urls(), *exchange_choices()]


def _one_sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"]).upper()
    message = first["msg"].removeprefix("Value error, ")
    return f"{name}: {message}." if name else f"{message}."
