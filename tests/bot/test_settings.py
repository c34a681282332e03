"""Settings: what works is read, what cannot work is said in one sentence."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.exchanges import EXCHANGES
from bot.rules import Destination
from bot.settings import load_settings
from bot.structure import STRUCTURE


def env(folder: Path, text: str) -> Path:
    path = folder / ".env"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_leaves_every_default(tmp_path: Path) -> None:
    settings = load_settings(env(tmp_path, "TELEGRAM_TOKEN=\n"))
    assert settings.telegram_token is None
    assert settings.exchange_names == list(EXCHANGES)
    assert settings.metrics_port is None
    assert settings.urls_of("binance")["ws"] == "wss://fstream.binance.com"


def test_values_are_read_and_a_base_url_loses_its_slash(tmp_path: Path) -> None:
    text = "EXCHANGES=okx, bybit\nOKX_WS_URL=wss://wseea.okx.com:8443/\nOPERATOR=telegram:12\n"
    settings = load_settings(env(tmp_path, text))
    assert settings.exchange_names == ["okx", "bybit"]
    assert settings.urls_of("okx")["ws"] == "wss://wseea.okx.com:8443"
    assert settings.operator_destination == Destination("telegram", 12, direct=True)


def test_news_feeds_are_off_until_named_and_each_is_read_once(tmp_path: Path) -> None:
    assert load_settings(env(tmp_path, "")).news_addresses == ()
    text = "NEWS_FEEDS=https://a.example/rss?x=1, http://127.0.0.1:80/f,https://a.example/rss?x=1\n"
    read = load_settings(env(tmp_path, text)).news_addresses
    assert read == ("https://a.example/rss?x=1", "http://127.0.0.1:80/f")


def test_no_coins_market_is_followed_where_that_is_off(tmp_path: Path) -> None:
    assert load_settings(env(tmp_path, "COINS=off\n")).coin_names == ()


def test_the_coins_that_are_followed_always_have_bitcoin_among_them(tmp_path: Path) -> None:
    assert load_settings(env(tmp_path, "")).coin_names == ("BTC", "ETH", "SOL", "XRP", "DOGE")
    read = load_settings(env(tmp_path, "COINS=sol, 1INCH,btc,SOL\n")).coin_names
    assert read == ("BTC", "SOL", "1INCH")


def test_a_source_of_structure_shares_the_address_of_its_exchange(tmp_path: Path) -> None:
    settings = load_settings(env(tmp_path, "BINANCE_REST_URL=https://eu.binance.example/\n"))
    for name, source in STRUCTURE.items():
        urls = settings.urls_of_source(name)
        assert urls.keys() == source.urls.keys()
        assert not any(url.endswith("/") for url in urls.values())
        shared = urls.keys() & (EXCHANGES[name].urls.keys() if name in EXCHANGES else set())
        assert all(urls[role] == settings.urls_of(name)[role] for role in shared)


def test_a_source_with_a_key_is_asked_only_with_it(tmp_path: Path) -> None:
    keyed = {name for name, source in STRUCTURE.items() if source.keyed}
    settings = load_settings(env(tmp_path, ""))
    assert settings.source_names == [name for name in STRUCTURE if name not in keyed]
    text = "COINGLASS_API_KEY=abc\nCOINGLASS_URL=http://127.0.0.1:80/\n"
    settings = load_settings(env(tmp_path, text))
    assert settings.source_names == list(STRUCTURE)
    for name in STRUCTURE:
        assert settings.key_of_source(name) == ("abc" if name in keyed else "")
    for name in keyed:
        assert set(settings.urls_of_source(name).values()) == {"http://127.0.0.1:80"}


def test_a_group_may_be_the_operator(tmp_path: Path) -> None:
    settings = load_settings(env(tmp_path, "OPERATOR=telegram:-100200\n"))
    assert settings.operator_destination == Destination("telegram", -100200)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("this is no setting\n", "line 1: write NAME=value"),
        ("OK=1\nTELEGRAM_TOKEN\n", "line 2: write NAME=value"),
        ("TELEGRAM_TOKN=1:x\n", "did you mean TELEGRAM_TOKEN?"),
        ("EXCHANGES=binance,ftx\n", "ftx is no exchange known here"),
        ("EXCHANGES=,\n", "name at least one"),
        ("COINS=BTC,E TH\n", "COINS: write coins as BTC,ETH,SOL, or off"),
        (f"COINS={'A' * 21}\n", "COINS: write coins as BTC,ETH,SOL, or off"),
        (f"COINS={','.join(f'C{n}' for n in range(20))}\n", "COINS: name at most 20, BTC among"),
        ("OPERATOR=me\n", "telegram:123456 or discord:123456"),
        ("OPERATOR=telegram:１２\n", "telegram:123456 or discord:123456"),
        ("BYBIT_WS_URL=stream.bybit.com\n", "BYBIT_WS_URL must begin with"),
        ("HTTPS_PROXY=socks5://me:hunter22@proxy:1080\n", "HTTPS_PROXY: write it as http://"),
        ("OKX_REST_URL=socks5://me:hunter22@proxy:1080\n", "OKX_REST_URL must begin with"),
        ("TELEGRAM_TOKEN='12 34'\n", "a token has no spaces"),
        ("COINGLASS_API_KEY='12 34'\n", "COINGLASS_API_KEY: a token has no spaces"),
        ("COINGLASS_URL=coinglass.com\n", "COINGLASS_URL must begin with"),
        ("METRICS_PORT=http\n", "METRICS_PORT: write a port from 1 to 65535"),
        ("METRICS_PORT=0\n", "METRICS_PORT: write a port from 1 to 65535"),
        ("METRICS_PORT=65536\n", "METRICS_PORT: write a port from 1 to 65535"),
        ("LOG_LEVEL=loud\n", "LOG_LEVEL: write debug, info"),
        (
            "NEWS_FEEDS=http://news.example/rss\n",
            "NEWS_FEEDS: write addresses that begin with https",
        ),
        ("NEWS_FEEDS=https://me:hunter22@news.example/rss\n", "NEWS_FEEDS: write addresses"),
        (
            f"NEWS_FEEDS={','.join(f'https://a{n}.example' for n in range(11))}\n",
            "at most 10 feeds",
        ),
    ],
)
def test_what_cannot_work_is_said_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_settings(env(tmp_path, text))
    assert sentence in str(error.value)
    assert "hunter22" not in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_settings(path)


def test_a_settings_object_does_not_show_its_tokens(tmp_path: Path) -> None:
    settings = load_settings(env(tmp_path, "TELEGRAM_TOKEN=123:SECRETSECRET\n"))
    assert "SECRETSECRET" not in repr(settings)
