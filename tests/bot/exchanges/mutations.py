"""What an exchange sends, changed and damaged: anything may come, the same for the same seed."""

import gzip
import json
from collections.abc import Sequence
from copy import deepcopy
from random import Random
from typing import Any

_GZIP = b"\x1f\x8b"

_DEEP = "deep"
"""Stands for more brackets than Python writes."""
_BRACKETS = b"[" * 4_000 + b"]" * 4_000
_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 7.5, 1e300, 1e-300, float("nan"), float("inf"), 1 << 63, 1 << 70,
    10**9, 1_789_670_094_099_000_000, -(10**40), "", " ", "0", "-0.0", "-1", "+5", "1e309", "NaN",
    "1e400000", "1E-400000", "sNaN", "-Infinity", "0x10", "1_000", "9" * 60, "0." + "1" * 140, "١٢",
    "SELL", "Buy", "sell", "long", "ping", "pong", "null", "USD", "BTC-USDT", "\u202e", "\0", "😀",
    "\ud800", "A" * 300, "2026-11-25T12:00:00Z", [], {}, [[]], [None], {"": None}, {"e": {}},
    _DEEP,
)  # fmt: skip
_PIECES = (b"", b"\0", b"\xff", b'"', b"{", b"}", b"[", b"]", b",", b":", b"-", b"1e9999", b"\\u12")


def written(sample: object) -> bytes:
    """A sample as it would arrive."""
    if isinstance(sample, bytes):
        return sample
    return (sample if isinstance(sample, str) else json.dumps(sample)).encode()


def mutated(samples: Sequence[bytes], seed: int) -> bytes:
    """One of the samples with some of its values changed, or some of its bytes, or both."""
    chance = Random(seed)
    sample = chance.choice(samples)
    packed = sample.startswith(_GZIP)
    frame = gzip.decompress(sample) if packed else sample
    kind = chance.random()
    if kind < 0.75:
        frame = _rewritten(frame, chance.choice(samples), chance)
    if kind > 0.6:
        frame = _damaged(frame, chance)
    if packed and chance.random() < 0.9:
        frame = gzip.compress(frame, 1, mtime=0)
        return _damaged(frame, chance) if chance.random() < 0.2 else frame
    return frame


def _rewritten(frame: bytes, other: bytes, chance: Random) -> bytes:
    try:
        value = [json.loads(frame)]
    except ValueError:
        return frame
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5))):
        _change(value, other, chance)
    return json.dumps(value[0]).encode().replace(f'"{_DEEP}"'.encode(), _BRACKETS)


def _change(value: list[Any], other: bytes, chance: Random) -> None:
    """Change something inside the first element of ``value``, or that itself."""
    inside: Any = value
    place: Any = 0
    while isinstance(found := inside[place], dict | list) and found and chance.random() < 0.85:
        inside = found
        place = chance.choice(list(found) if isinstance(found, dict) else range(len(found)))
    chance.choice(_CHANGES)(inside, place, other, chance)
    if not value:
        value.append(None)


def _odd(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    inside[place] = deepcopy(chance.choice(_ODD))


def _gone(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    del inside[place]


def _again(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    """Told more than once; an object knows a key only once, so it gets one of no meaning."""
    if isinstance(inside, list):
        inside[place:place] = [deepcopy(inside[place]) for _ in range(chance.choice((1, 2, 40)))]
    else:
        inside[f"{place}{place}"] = deepcopy(inside[place])


def _renamed(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    if isinstance(inside, dict):
        inside[chance.choice((place.upper(), place.lower(), place[:-1]))] = inside.pop(place)
    else:
        inside[place] = {str(place): inside[place]}


def _nested(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 20))):
        inside[place] = [inside[place]]


def _scaled(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    """A number of other size or sign, or told as a text instead, or the other way round."""
    found = inside[place]
    if isinstance(found, str):
        edges = (f"-{found}", f"{found}0" * 3, f"{found}e{chance.randint(-40, 40)}", found[::-1])
        inside[place] = chance.choice((*edges, _number(found)))
    elif isinstance(found, int | float):
        factor = chance.choice((-1, 0.001, 1000, 1e-30, 10**30))
        inside[place] = chance.choice((found * factor, str(found), f"{found}e{factor}"))


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text.swapcase()


def _crossed(inside: Any, place: Any, other: bytes, chance: Random) -> None:
    """A piece of another sample in its place."""
    try:
        piece = json.loads(other)
    except ValueError:
        piece = other[:20].decode(errors="replace")
    while isinstance(piece, dict | list) and piece and chance.random() < 0.7:
        piece = chance.choice(list(piece.values()) if isinstance(piece, dict) else piece)
    inside[place] = piece


_CHANGES = (_odd, _odd, _odd, _gone, _again, _renamed, _nested, _scaled, _scaled, _crossed)


def _damaged(frame: bytes, chance: Random) -> bytes:
    damaged = bytearray(frame)
    for _ in range(chance.choice((1, 1, 2, 4))):
        start = chance.randrange(len(damaged) + 1)
        end = start + chance.choice((0, 1, 1, 2, 8))
        match chance.randrange(5):
            case 0:
                del damaged[start:end]
            case 1:
                damaged[start:end] = chance.randbytes(end - start)
            case 2:
                damaged[start:end] = chance.choice(_PIECES)
            case 3:
                del damaged[start:]
            case _:
                damaged += damaged[start : start + 60]
    return bytes(damaged)
