"""What a call says, with the files that come with it in a form, and what of it is refused.

After Discord's documentation, "Uploading Files": ``payload_json`` beside ``files[n]``, and an
``attachments`` array whose ids name them. A file that an embed shows is not listed as an attachment
(discord-api-docs, issue 1340), and is again once no embed shows it (issue 5675).
"""

import json

from aiohttp import web
from aiohttp.web import FileField

from tests.doubles.discord_answers import refused
from tests.doubles.discord_objects import Json, attachment

LONGEST_DESCRIPTION = 1_024
MOST_FILES = 10
LARGEST = 10 * 2**20
LARGEST_REQUEST = 25 * 2**20
INVALID = 50035
HERE = "attachment://"


async def said_in(request: web.Request) -> Json:
    """The JSON of a call; ``uploads`` by file name where files came with it."""
    if not request.content_type.startswith("multipart/"):
        plain: Json = await request.json()
        return plain
    form = await request.post()
    told: Json = json.loads(str(form["payload_json"]))
    files = [form[f"files[{n}]"] for n in range(len(form) - 1)]
    named = [file for file in files if isinstance(file, FileField)]
    told["uploads"] = {file.filename: file.file.read() for file in named}
    return told


def unfit(sent: Json) -> web.Response | None:
    """The refusal of a message that cannot be shown."""
    said, uploads = sent.get("data") or sent, sent.get("uploads", {})
    embeds, listed = said.get("embeds") or [], said.get("attachments") or []
    if not (said.get("content") or embeds or uploads):
        return refused(400, 50006, "Cannot send an empty message")
    if any(len(content) > LARGEST for content in uploads.values()):
        return refused(413, 40005, "Request entity too large")
    if sum(map(len, uploads.values())) > LARGEST_REQUEST:
        return refused(413, 40005, "Request entity too large")
    new = [one for one in listed if int(one["id"]) < MOST_FILES]
    fits = (
        len(said.get("content") or "") <= 2_000
        and len(uploads) <= MOST_FILES
        and [one["filename"] for one in new] == list(uploads)
        and all(len(one.get("description") or "") <= LONGEST_DESCRIPTION for one in listed)
        and sum(map(_length, embeds)) <= 6_000
        and all(len(embed.get("fields", [])) <= 25 for embed in embeds)
    )
    return None if fits else refused(400, INVALID, "Invalid Form Body")


def _length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), embed.get("footer", {}).get("text")]
    for field in embed.get("fields", []):
        texts += [field["name"], field["value"]]
    return sum(len(text or "") for text in texts)


def kept(sent: Json, before: list[Json]) -> list[Json]:
    """The files of a message after a call; without a word on them, those from before."""
    told = sent.get("data") or sent
    if "attachments" not in told:
        return before
    old = {one["id"]: one for one in before}
    return [old.get(str(one["id"])) or attachment(one) for one in told["attachments"]]


def show(message: Json, files: list[Json]) -> Json:
    """The message with its files, each in the embed that names it, else as an attachment."""
    urls = {f"{HERE}{file['filename']}": file["url"] for file in files}
    within = set()
    for embed in message["embeds"]:
        url = embed.get("image", {}).get("url", "")
        if url in urls:
            embed["image"] = {"url": urls[url], "proxy_url": urls[url]}
            within.add(urls[url])
        elif url.startswith(HERE):
            del embed["image"]
    message["attachments"] = [file for file in files if file["url"] not in within]
    return message
