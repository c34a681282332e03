"""The largest hour since it ended: what the calm after it amounts to."""

from bot.sentences.case import Case
from bot.sentences.ended import certain, floor
from bot.sentences.inputs import UncheckedError, flush_of, heard, is_over
from bot.sentences.rule import Rule, said, unsaid
from bot.sentences.sentence import Place, Verdict
from bot.wording.numbers import money, share
from bot.wording.prices import tenths
from bot.wording.text import Moment


def weigh(case: Case) -> Verdict:
    flush = flush_of(case)
    if not is_over(case):
        return unsaid((f"stage {flush.stage.word}",))
    end_ms = flush.last.end_ms
    if end_ms is None or case.hour_since is None:
        raise UncheckedError("not added up")
    heard(case, end_ms)
    certain(flush)
    worst = flush.first.worst_hour.total
    evidence = (f"{tenths(case.hour_since)} since ", Moment(end_ms))
    compared = (f"{share(case.hour_since, worst)} of the flush's worst hour, {tenths(worst)}",)
    line = (f"Since then the largest hour was {money(case.hour_since)}{floor(flush)}",)
    return said("since then", line, evidence, compared, place=Place.FACT)


SENTENCE = Rule("aftermath", 2, "the largest hour since", weigh)
