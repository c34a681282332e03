"""A case written down, so that the same sentences follow from it again."""

import hashlib

import msgspec

from bot.errors import ParseError
from bot.sentences import SENTENCES
from bot.sentences.case import Case
from bot.sentences.judging import Judged, judge


class Record(msgspec.Struct, frozen=True):
    """``case`` is its JSON as it was hashed; ``versions`` are those of the sentences by name."""

    sha256: str
    versions: dict[str, int]
    case: msgspec.Raw


_cases = msgspec.json.Decoder(Case)
_records = msgspec.json.Decoder(Record)


def record(case: Case) -> bytes:
    """Compact JSON of a case, with the versions of the sentences and a hash of the inputs.

    Equal cases give equal records: a float that is an integer is written as it will be read.
    """
    inputs = msgspec.json.encode(_cases.decode(msgspec.json.encode(case)))
    versions = {name: sentence.version for name, sentence in SENTENCES.items()}
    digest = hashlib.sha256(inputs).hexdigest()
    return msgspec.json.encode(Record(digest, versions, msgspec.Raw(inputs)))


def retold(stored: bytes) -> tuple[Judged, ...]:
    """What today's sentences make of a record; compare ``changed`` where words differ.

    Raises ``ParseError`` for what is no record or was altered.
    """
    return judge(case_of(stored))


def case_of(stored: bytes) -> Case:
    """Raises ``ParseError``."""
    kept = _read(stored)
    if hashlib.sha256(bytes(kept.case)).hexdigest() != kept.sha256:
        raise ParseError("the inputs of this case are not those that were hashed")
    try:
        return _cases.decode(kept.case)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"no case: {error}") from error


def changed(stored: bytes) -> tuple[str, ...]:
    """Sentences that have another version today, or are new or gone. Raises ``ParseError``."""
    then = _read(stored).versions
    today = {name: sentence.version for name, sentence in SENTENCES.items()}
    return tuple(sorted(name for name in then | today if then.get(name) != today.get(name)))


def _read(stored: bytes) -> Record:
    try:
        return _records.decode(stored)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ParseError(f"no record of a case: {error}") from error
