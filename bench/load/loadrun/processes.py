"""Processes of a run: started pinned to a core, measured through /proc, and always ended, by their own id."""

import ctypes
import os
import signal
import subprocess
import time

from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class CpuTime:
    """CPU time in seconds. The sum is exact to the nanosecond; its split is as exact as the kernel's sampling."""

    user: float
    system: float

    @property
    def total(self):
        return self.user + self.system

    def __sub__(self, earlier):
        return CpuTime(self.user - earlier.user, self.system - earlier.system)


def pinned_to(core):
    """What a child does before it becomes its program: it takes its core, and asks to be ended with the runner even
    where the runner is killed without a chance to clean up."""

    def prepare():
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        os.sched_setaffinity(0, {core})

    return prepare


class Process:
    """One program of a run with its children. The one who starts it ends it: use it in a `with` block."""

    def __init__(self, command, core, log, stdin=None, stdout=None, env=None):
        self.log = Path(log)
        self._log_file = open(self.log, "ab")
        self._child = subprocess.Popen(
            command, stdin=stdin or subprocess.DEVNULL, stdout=stdout or self._log_file, stderr=self._log_file,
            preexec_fn=pinned_to(core), env=env, text=stdout is not None)

    @property
    def pid(self):
        return self._child.pid

    @property
    def stdin(self):
        return self._child.stdin

    @property
    def stdout(self):
        return self._child.stdout

    def is_running(self):
        return self._child.poll() is None

    def wait(self, seconds):
        return self._child.wait(seconds)

    def log_tail(self, lines=15):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def stop(self):
        """Asks, waits, insists. Children that outlive their parent are ended too."""
        tree = _tree(self.pid) if self.is_running() else []
        if self.is_running():
            self._child.terminate()
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait(5)
        for pid, born in tree:
            if pid != self.pid and _birth(pid) == born:
                _kill(pid)
        for stream in (self._child.stdin, self._child.stdout, self._log_file):
            if stream:
                stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def cpu(self):
        """CPU time of the process and its living children."""
        user = system = 0.0
        for pid, _ in _tree(self.pid):
            # The kernel's clock of another process: nanoseconds, ended threads included (clock_getcpuclockid(3)).
            total = time.clock_gettime((~pid << 3) | 2)
            fields = _stat(pid)
            user_ticks, system_ticks = int(fields[11]), int(fields[12])
            share = user_ticks / max(user_ticks + system_ticks, 1)
            user += total * share
            system += total * (1 - share)
        return CpuTime(user, system)

    def rss(self):
        """Resident memory in bytes of the process and its children."""
        total = 0
        for pid, _ in _tree(self.pid):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return total


def _stat(pid):
    # The name, in parentheses, may hold anything; what follows the last parenthesis is regular.
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def _birth(pid):
    try:
        return _stat(pid)[19]
    except OSError:
        return None


def _tree(root):
    """The process and its descendants, each with its time of birth (ids are reused, births are not)."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = _stat(entry)
            except OSError:
                continue
            if fields[0] != "Z":
                parents[int(entry)] = (int(fields[1]), fields[19])
    found, changed = {root}, True
    while changed:
        children = {pid for pid, (parent, _) in parents.items() if parent in found} - found
        found |= children
        changed = bool(children)
    return [(pid, parents[pid][1]) for pid in sorted(found) if pid in parents]


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
