"""The load generators: wrk, and the programs of tools.py. Each runs on the load core and is bounded in time."""

import json
import subprocess
import sys

from pathlib import Path

import machine

from peers import program
from processes import Process, pinned_to

_HERE = Path(__file__).resolve().parent


class LoadError(Exception):
    """The load did not go as planned, so that its figures mean nothing."""


def _run(command, seconds):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, preexec_fn=pinned_to(machine.LOAD_CORE))
    except subprocess.TimeoutExpired:
        raise LoadError(f"{Path(command[0]).name} did not end within {seconds:.0f} s") from None
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise LoadError(last[0] if last else f"{Path(command[0]).name} ended with {done.returncode}")
    return done.stdout


def wrk(port, path, connections, seconds, close=False):
    """Closed-loop load with one thread. Returns the figures of report.lua; any error makes the run void."""
    command = [program("wrk"), "-t", "1", "-c", str(connections), "-d", f"{max(round(seconds), 1)}s", "--timeout", "10s",
               "-s", str(_HERE / "report.lua")]
    if close:
        command += ["-H", "Connection: close"]
    output = _run([*command, f"http://127.0.0.1:{port}/{path}"], seconds + 30)
    figures = json.loads(output.rsplit("@@", 1)[1])
    errors = {name: figures[name] for name in ("socket_errors", "timeouts", "bad_status") if figures[name]}
    if errors or figures["requests"] == 0:
        raise LoadError(f"wrk: {figures['requests']} requests, {errors}")
    return figures


def _tool(*arguments):
    return [sys.executable, "-B", str(_HERE / "tools.py"), *map(str, arguments)]


def receive_stream(port, size, seconds):
    figures = json.loads(_run(_tool("stream-client", port, size), seconds))
    if figures["bytes"] != size:
        raise LoadError(f"{figures['bytes']} of {size} bytes arrived")
    return figures


def play_echo(port, connections, seconds):
    return json.loads(_run(_tool("echo-client", port, connections, seconds), seconds + 30))


def play_sni(port, connections, seconds, names):
    return json.loads(_run(_tool("sni-client", port, connections, seconds, names), seconds + 30))


def server(context, name, *arguments):
    """Starts one of the servers of tools.py on a port of its own; use it in a `with` block."""
    return Process(_tool(name, *arguments), machine.LOAD_CORE, context.folder / f"{name}.log")


def open_idle(context, port, connections):
    """Starts a client that opens connections, uses each once and holds it. It has opened all when this returns."""
    client = Process(_tool("idle-client", port, connections), machine.LOAD_CORE, context.folder / f"idle-{port}.log",
                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        # The read is bounded: each step of the client has a timeout, and its end closes the pipe.
        if client.stdout.readline().strip() != "open":
            raise LoadError(f"idle connections: {client.log_tail(1)}")
    except BaseException:
        client.stop()
        raise
    return client
