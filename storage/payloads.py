"""What a notification says, between the core's types and the text that is stored."""

import msgspec
import structlog

from bot.rules import Alert, Destination, Notice, Page, Payload

_DECODER: msgspec.json.Decoder[Payload] = msgspec.json.Decoder(Alert | Notice | Page)
_ENCODER = msgspec.json.Encoder()

log = structlog.get_logger()


def written(payload: Payload) -> str:
    return _ENCODER.encode(payload).decode()


def read(number: int, stored: str, place: Destination) -> Payload | None:
    """With the destination of today, which a move may have changed since it was stored.

    What cannot be read is logged under its number: None.
    """
    try:
        payload = _DECODER.decode(stored)
    except msgspec.MsgspecError as error:
        log.error("a stored payload is unreadable", notification=number, reason=str(error))
        return None
    if isinstance(payload, Alert) and payload.rule.destination != place:
        rule = msgspec.structs.replace(payload.rule, destination=place)
        return msgspec.structs.replace(payload, rule=rule)
    return payload


def place(destination: Destination) -> str:
    """What keys of notifications end in."""
    return f"{destination.platform}:{destination.chat}:{destination.thread}"
