"""What a call says, with the files that come with it in a form.

After Discord's documentation, "Uploading Files": ``payload_json`` beside ``files[n]``, and an
``attachments`` array whose ids name them. ``uploads`` holds what was uploaded, by file name.
"""

import json

from aiohttp import web
from aiohttp.web import FileField

from tests.doubles.discord_objects import Json

LONGEST_DESCRIPTION = 1024


async def said_in(request: web.Request) -> Json:
    """The JSON of a call; ``uploads`` where files came with it."""
    if not request.content_type.startswith("multipart/"):
        plain: Json = await request.json()
        return plain
    form = await request.post()
    told: Json = json.loads(str(form["payload_json"]))
    files = [form[f"files[{n}]"] for n in range(len(form) - 1)]
    named = [file for file in files if isinstance(file, FileField)]
    listed = (told.get("data") or told).get("attachments", [])
    assert [int(one["id"]) for one in listed] == list(range(len(named)))
    for one in listed:
        assert len(one.get("description") or "") <= LONGEST_DESCRIPTION
    told["uploads"] = {file.filename: file.file.read() for file in named}
    return told
