"""Restarts or reloads Nuncio again and again under a steady load; no request may fail, no connection may be reset."""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import types
import urllib.request

from pathlib import Path

import machine
import peers

PROJECT = Path(__file__).resolve().parents[1] / "SteadyLoad"
PROGRAM = machine.ROOT / "artifacts/steady-load/bin/SteadyLoad/release/SteadyLoad"
DRAIN_SECONDS = 2
PARENT_SECONDS = 30


def arguments():
    parser = argparse.ArgumentParser(prog="bench/load/steady", description=__doc__)
    parser.add_argument("what", choices=("hot-restart", "reload"), help="hot-restart: nuncio upgrade; reload: POST /reload")
    parser.add_argument("--times", type=int, default=10, help="how often (10)")
    parser.add_argument("--rate", type=int, default=5000, help="requests per second, half of them on fresh connections (5000)")
    parser.add_argument("--connections", type=int, default=50, help="keep-alive connections, and as many loops of fresh ones (50)")
    parser.add_argument("--concurrency", type=int, default=2, help="workers of Nuncio (2)")
    parser.add_argument("--pause", type=float, default=4, help="seconds from one time to the next (4)")
    parser.add_argument("--nuncio", metavar="PATH", help="the binary to measure (the tree's release build)")
    return parser.parse_args()


def build_load():
    command = ["dotnet", "build", str(PROJECT), "-c", "Release", "--nologo", "-v", "q", "--tl:off", "-nodeReuse:false"]
    built = subprocess.run(command, capture_output=True, text=True, timeout=180)
    if built.returncode != 0:
        sys.exit(f"bench/load/SteadyLoad does not build:\n{built.stdout}")


def admin(port, target, method="GET"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{target}", method=method)
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read().decode()


def restart(binary, base_id, _admin_port, _config, number):
    result = subprocess.run([binary, "upgrade", "--base-id", str(base_id)], capture_output=True, text=True, timeout=180)
    if result.returncode != 0:
        sys.exit(f"upgrade {number} failed:\n{result.stdout}{result.stderr}")


def reload(_binary, _base_id, admin_port, config, number):
    # In turns a filter chain changes, which is done in place, and the listener itself, whose sockets go to a new version.
    text = config.read_text()
    if number % 2:
        text = text.replace(text[text.index("stat_prefix: load"):].split("\n")[0], f"stat_prefix: load{number}")
    else:
        text = re.sub(r"( *)(filter_chains:)", rf"\1per_connection_buffer_limit_bytes: {1_000_000 + number}\n\1\2",
                      re.sub(r" *per_connection_buffer_limit_bytes: .*\n", "", text), count=1)
    config.write_text(text)
    before = counter(admin_port, "server.config_reload.success")
    admin(admin_port, "/reload", "POST")
    while counter(admin_port, "server.config_reload.success") == before:
        time.sleep(0.002)


def counter(admin_port, name):
    return int(admin(admin_port, f"/stats?filter=^{name}$").rsplit(": ", 1)[1])


def main():
    options = arguments()
    build_load()
    binary = options.nuncio or str(machine.ROOT / "artifacts/bin/Nuncio.Server/release/nuncio")
    step = restart if options.what == "hot-restart" else reload
    with tempfile.TemporaryDirectory(prefix="nuncio-steady-") as folder, \
            tempfile.TemporaryDirectory(prefix="nuncio-steady-", dir="/dev/shm") as shared_memory:
        for place in (folder, shared_memory):
            Path(place).chmod(0o755)
        context = types.SimpleNamespace(ports=machine.Ports(), folder=Path(folder), shared_memory=Path(shared_memory))
        with peers.start_http_upstream(context) as upstream:
            run(options, binary, step, context, upstream.port)


def run(options, binary, step, context, upstream_port):
    listen, admin_port, base_id = context.ports.take(), context.ports.take(), 100000 + os.getpid()
    config = context.folder / "nuncio.yaml"
    peers.render("nuncio-http.yaml", config, {"listen": listen, "admin": admin_port, "upstream": upstream_port})
    log = open(context.folder / "log", "ab")
    first = subprocess.Popen(
        [binary, "-c", str(config), "--concurrency", str(options.concurrency), "--base-id", str(base_id), "--log-level", "info",
         "--drain-time-s", str(DRAIN_SECONDS), "--parent-shutdown-time-s", str(PARENT_SECONDS)],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    load = None
    try:
        peers.await_port(types.SimpleNamespace(is_running=lambda: first.poll() is None, log_tail=lambda: ""), listen)
        load = subprocess.Popen(
            [str(PROGRAM), str(listen), "small", str(options.rate), str(options.connections)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(3)
        took = []
        for number in range(1, options.times + 1):
            began = time.monotonic()
            step(binary, base_id, admin_port, config, number)
            took.append(time.monotonic() - began)
            print(f"  {options.what} {number}: {took[-1] * 1e3:,.0f} ms", flush=True)
            time.sleep(options.pause)
        output, complaints = load.communicate(timeout=60)
        load = None
        report(options, took, json.loads(output), complaints, admin(admin_port, "/stats?filter=hot_restart"), context)
    finally:
        if load:
            load.kill()
        end(binary, first, admin_port)
        log.close()


def report(options, took, counts, complaints, stats, context):
    if options.what == "hot-restart":
        print(stats.strip())
    print(json.dumps({key: round(value, 1) for key, value in counts.items()}))
    print(f"{options.times} times {options.what}, median {statistics.median(took) * 1e3:,.0f} ms: "
          f"{counts['requests']:,.0f} requests at {counts['rate']:,.0f}/s ({counts['fresh']:,.0f} on connections of their own), "
          f"{counts['failed']:.0f} failed, {counts['resets']:.0f} resets, slowest {counts['slowest_ms']:.0f} ms")
    if counts["failed"]:
        print(complaints)
        print((context.folder / "log").read_text()[-6000:])
        raise SystemExit(1)
    if counts["rate"] < options.rate * 0.95:
        print("the load was not as steady as asked for")
        raise SystemExit(1)


def end(binary, first, admin_port):
    """Ends the newest process through its admin server, and the first one by its id if it still lives."""
    try:
        admin(admin_port, "/quitquitquit", "POST")
    except OSError:
        pass
    try:
        first.wait(20)
    except subprocess.TimeoutExpired:
        first.send_signal(signal.SIGKILL)
        first.wait()


if __name__ == "__main__":
    main()
