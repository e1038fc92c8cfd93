"""Takes all of Nuncio's descriptors with clients that send nothing, frees them, and measures the time until a request is answered."""

import argparse
import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import types

from pathlib import Path

import machine
import peers

ABOVE = 300
MUST_SERVE_WITHIN = 1.0


def arguments():
    parser = argparse.ArgumentParser(prog="bench/load/descriptors", description=__doc__)
    parser.add_argument("--descriptors", type=int, default=20000, help="how many Nuncio may have (20000)")
    parser.add_argument("--times", type=int, default=3, help="how often (3)")
    parser.add_argument("--concurrency", type=int, default=2, help="workers of Nuncio (2)")
    parser.add_argument("--nuncio", metavar="PATH", help="the binary to measure (the tree's release build)")
    return parser.parse_args()


def hold(port, count):
    """A process of its own that opens so many connections and keeps them until it is told to end."""
    ready, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        return child, ready
    os.close(ready)
    sockets = []
    for _ in range(count):
        one = socket.socket()
        one.settimeout(20)
        one.connect(("127.0.0.1", port))
        sockets.append(one)
    os.write(tell, b"1")
    signal.pause()
    os._exit(0)


def serves(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        client.request("GET", "/small")
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()


def run(options, binary, context, upstream_port):
    listen, admin_port = context.ports.take(), context.ports.take()
    config = context.folder / "nuncio.yaml"
    peers.render("nuncio-http.yaml", config, {"listen": listen, "admin": admin_port, "upstream": upstream_port})
    server = subprocess.Popen(
        [binary, "-c", str(config), "--concurrency", str(options.concurrency), "--log-path", str(context.folder / "log")],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (options.descriptors, options.descriptors)))
    try:
        peers.await_port(types.SimpleNamespace(is_running=lambda: server.poll() is None, log_tail=lambda: ""), listen)
        worst = 0
        for number in range(1, options.times + 1):
            total = options.descriptors + ABOVE
            holders = [hold(listen, total // 2), hold(listen, total - total // 2)]
            for _, ready in holders:
                if os.read(ready, 1) != b"1":
                    sys.exit("a client could not open its connections")
                os.close(ready)
            time.sleep(1)
            taken = len(os.listdir(f"/proc/{server.pid}/fd"))
            refused = not serves(listen)
            for child, _ in holders:
                os.kill(child, signal.SIGKILL)
            for child, _ in holders:
                os.waitpid(child, 0)
            freed = time.monotonic()
            while not serves(listen):
                if server.poll() is not None:
                    sys.exit(f"Nuncio has ended with {server.returncode}")
                time.sleep(0.005)
            took = time.monotonic() - freed
            worst = max(worst, took)
            print(f"  {number}: {taken:,} descriptors taken, {'none' if refused else 'SOME'} left to serve, served again after {took * 1e3:,.0f} ms",
                  flush=True)
            time.sleep(1)
        print(f"{options.times} times {options.descriptors:,} descriptors exhausted: served again within {worst * 1e3:,.0f} ms, nothing crashed")
        return worst
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def main():
    options = arguments()
    binary = options.nuncio or str(machine.ROOT / "artifacts/bin/Nuncio.Server/release/nuncio")
    with tempfile.TemporaryDirectory(prefix="nuncio-descriptors-") as folder, \
            tempfile.TemporaryDirectory(prefix="nuncio-descriptors-", dir="/dev/shm") as shared_memory:
        for place in (folder, shared_memory):
            Path(place).chmod(0o755)
        context = types.SimpleNamespace(ports=machine.Ports(), folder=Path(folder), shared_memory=Path(shared_memory))
        with peers.start_http_upstream(context) as upstream:
            worst = run(options, binary, context, upstream.port)
    if worst > MUST_SERVE_WITHIN:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
