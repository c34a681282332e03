"""Starts the program as a process of its own without loading its libraries anew each time.

Run as a script it loads them once and then, for each request on the socket it was given, becomes
two processes more: the program, and its parent, which tells its number and how it ended.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys
from importlib import import_module
from typing import Any

REQUEST_BYTES = 1 << 16
LOADED = (
    "bot.__main__",
    "bot.app",
    "bot.cli.checking",
    "bot.cli.demonstrating",
    "bot.cli.keeping",
    "bot.cli.reporting",
    "bot.cli.serving",
    "handlers.discord.platform",
    "handlers.telegram.platform",
)


def load() -> None:
    """What ``python -m bot`` imports, whatever it is asked to do; nothing of it runs yet."""
    for name in LOADED:
        import_module(name)


def serve(requests: socket.socket) -> list[str]:
    """Wait for requests; returns in the process that is to be the program, with its arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no parent of a program is waited for
    while True:
        text, handles, _, _ = socket.recv_fds(requests, REQUEST_BYTES, 3)
        if not text:
            sys.exit()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            requests.close()
            out, err, told = handles
            number = os.fork()
            if number == 0:
                os.close(told)
                return become(json.loads(text), out, err)
            os.close(out)
            os.close(err)
            _tell(told, number)
        for handle in handles:
            os.close(handle)


def _tell(told: int, number: int) -> None:
    os.write(told, b"%d\n" % number)
    _, status = os.waitpid(number, 0)
    os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def become(wish: dict[str, Any], out: int, err: int) -> list[str]:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, place in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(handle, place)
        os.close(handle)
    os.chdir(wish["folder"])
    os.environ.clear()
    os.environ.update(wish["environment"])
    letters = os.environ.get("PYTHONIOENCODING", "utf-8")
    sys.stdin = open(0, encoding=letters)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding=letters)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding=letters, errors="backslashreplace")  # noqa: SIM115
    arguments: list[str] = wish["arguments"]
    return arguments


if __name__ == "__main__":
    sys.path[0] = ""
    load()
    gc.freeze()  # else every program would count through all that was loaded, and copy it
    asked = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.argv = ["bot", *asked]
    sys.modules.pop("bot.__main__", None)
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
