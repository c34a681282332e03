"""Where Discord is: the library keeps both addresses in class attributes, set here alone."""

import re

import aiohttp
import discord.gateway
import discord.http
import yarl

API_URL = "https://discord.com/api"
GATEWAY_URL = "wss://gateway.discord.gg"

_VERSION = re.compile(r"/v\d+\Z")


def point_at(api_url: str, gateway_url: str) -> None:
    """Send the library to these addresses; the API's version is added where it is missing."""
    base = api_url.rstrip("/")
    discord.http.Route.BASE = base if _VERSION.search(base) else f"{base}/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


async def greets(gateway_url: str, proxy: str | None) -> bool:
    """Whether the gateway says hello. Raises ``aiohttp.ClientError`` and ``OSError``."""
    url = yarl.URL(gateway_url).with_query(v=10, encoding="json")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, proxy=proxy) as socket,
    ):
        frame = await socket.receive()
        return frame.type is aiohttp.WSMsgType.TEXT and '"op":10' in frame.data.replace(" ", "")
