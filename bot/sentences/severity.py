"""How bad it is by the one scale of severity."""

from bot.flush.flush import Severity
from bot.sentences.case import Case
from bot.sentences.inputs import flush_of
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.prices import tenths, times
from bot.wording.text import Line, Moment

LEAST = Severity.NOTABLE


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    worst = flush.last.worst_minute
    evidence: list[Line] = [
        (f"{flush.severity.word}, {flush.severity} of {max(Severity)}; said from {LEAST.word}",),
        (f"worst minute {tenths(worst.total)} at ", Moment(worst.at_ms)),
    ]
    if flush.baseline > 0:
        usual = times(worst.total / flush.baseline)
        evidence.append((f"{usual} the usual minute before ({tenths(flush.baseline)})",))
    if flush.severity < LEAST:
        return unsaid(*evidence)
    line = (f"Severity: {flush.severity.word}",)
    return said("severity", line, *evidence, place=Place.WHY)


SENTENCE = Rule("severity", 1, "severity", weigh)
