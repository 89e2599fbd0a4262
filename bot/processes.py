"""Child processes that end with their parent, and waiting for the signals that end a process.

Signals are held back and waited for (``sigtimedwait``) instead of handled: no handler ever breaks
into the middle of a Redis call or a log line. Linux only, like the rest of the command line.
"""

import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})
_ON_PARENT_DEATH = 1  # PR_SET_PDEATHSIG
_HELD = STOP_SIGNALS | {signal.SIGCHLD}

# Runs between fork and exec in an interpreter of its own: asks the kernel for a signal when the
# parent ends (kept across exec), looks whether it has ended already, and gives the child the
# signals back that its parent may hold.
_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, int(sys.argv[1]))
if os.getppid() != int(sys.argv[2]):
    sys.exit(1)
signal.pthread_sigmask(signal.SIG_SETMASK, [])
os.execv(sys.argv[3], sys.argv[3:])
"""


def spawn(
    command: Sequence[str | Path],
    *,
    on_parent_death: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child that gets a signal as soon as this process ends, however it ends.

    Call it from the main thread: to the kernel the parent is the thread that started the child.
    The child is in a process group of its own: Ctrl-C reaches the parent alone, which ends it.

    Args:
        command: absolute path of the program, then its arguments.
        on_parent_death: what the child gets.
        env: the child's environment; None for ours.
        cwd: the child's directory; None for ours.
        stdout: as in ``subprocess.Popen``.
        stderr: as in ``subprocess.Popen``.
    """
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER]
    return subprocess.Popen(  # noqa: S603 (every caller names a program of ours)
        [*launcher, str(int(on_parent_death)), str(os.getpid()), *map(str, command)],
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        process_group=0,
    )


def end_with_parent() -> None:
    """Ask for SIGTERM when the parent ends, if ``multiprocessing`` started this process."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_ON_PARENT_DEATH, int(signal.SIGTERM))
    if not parent.is_alive():
        sys.exit(1)


def hold_signals() -> None:
    """Hold back SIGTERM, SIGINT and SIGCHLD from now on; ``is_stop_asked`` looks for them."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)


def is_stop_asked(within: float) -> bool:
    """Sleep, and say whether somebody asked this process to end; a child's end cuts it short."""
    received = signal.sigtimedwait(_HELD, max(within, 0.0))
    return received is not None and received.si_signo in STOP_SIGNALS
