"""Times and memory as the benchmarks take them."""

import gc
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import thread_time

MIB = 1024 * 1024


def seconds(work: Callable[[], object]) -> float:
    """Processor time of this thread: what else the machine does is left out."""
    start = thread_time()
    work()
    return thread_time() - start


@contextmanager
def settled() -> Iterator[None]:
    """What was built before is no business of the collector meanwhile, as after a start."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def peak_bytes() -> int:
    """The most memory that this process has held.

    ``ru_maxrss`` would count what the parent held when it was forked; the kernel's file does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = (line.split() for line in status.read_text().splitlines())
        return next(int(words[1]) * 1024 for words in lines if words[0] == "VmHWM:")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def alone(module: str, *arguments: str) -> list[float]:
    """Run a module of the benchmarks in a process of its own; the numbers of its last line."""
    done = subprocess.run(  # noqa: S603  # our own modules
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, text=True
    )
    return [float(word) for word in done.stdout.splitlines()[-1].split()]


def expect(holds: bool, what: str) -> None:
    """Raises ``AssertionError``: figures over unequal outputs say nothing."""
    if not holds:
        raise AssertionError(what)
