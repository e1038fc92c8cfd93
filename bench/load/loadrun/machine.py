"""The machine under the measurement: its cores, free ports, and the lines that describe it in a report."""

import os
import platform
import random
import re
import socket
import subprocess

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# The proxy has the first core for itself; load generator, upstream and this runner share the second.
_cores = sorted(os.sched_getaffinity(0))
PROXY_CORE = _cores[0]
LOAD_CORE = _cores[1] if len(_cores) > 1 else _cores[0]
_load_before = os.getloadavg()[0]


def core_count():
    return len(_cores)


class Ports:
    """Hands out ports that are free now, below the range from which the kernel takes the source ports of
    connections: ten thousand clients must not take the port of a proxy that is not yet started."""

    def __init__(self):
        low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
        self._candidates = list(range(12000, max(low, 12500)))
        random.shuffle(self._candidates)

    def take(self):
        while self._candidates:
            port = self._candidates.pop()
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue
        raise RuntimeError("no free port left")


def first_line(command):
    """First line that a program prints (on either stream), or an empty string."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd=ROOT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    text = (done.stdout or done.stderr).strip()
    return text.splitlines()[0] if text else ""


def _git(*arguments):
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=20, cwd=ROOT)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def commit():
    """Short commit of the tree, "uncommitted" outside of a repository or before its first commit."""
    return _git("rev-parse", "--short", "HEAD") or "uncommitted"


def has_local_changes():
    # The reports themselves do not change what was measured.
    return bool(_git("status", "--porcelain", "--", ".", ":!bench/results"))


def description():
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    memory = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    name = re.search(r'^PRETTY_NAME="?([^"\n]+)', _read("/etc/os-release"), re.M)
    return {
        "CPU": f"{cpu.group(1).strip() if cpu else platform.machine()}, {core_count()} cores visible",
        "memory": f"{int(memory.group(1)) / 1048576:.0f} GiB" if memory else "?",
        # Well above 0 before a run: somebody else was at work, and the figures are theirs too.
        "load before the run": f"{_load_before:.2f}",
        "system": f"{name.group(1) if name else platform.system()}, kernel {platform.release()}",
    }


def _read(path):
    try:
        return Path(path).read_text()
    except OSError:
        return ""
