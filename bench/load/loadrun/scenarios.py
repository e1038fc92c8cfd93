"""The scenarios: what is done to the proxies and which figures come out."""

import contextlib
import http.client
import json
import re
import socket
import time
import urllib.request

from dataclasses import dataclass

import clients
import machine
import peers

from clients import LoadError
from figures import Figure, Goal
from processes import Process

MIB = 1048576


@dataclass
class Context:
    """What a scenario needs: how long, how often, which peers, and where to put things."""

    peers: list
    turns: int
    seconds: float
    quick: bool
    ports: machine.Ports
    folder: object
    shared_memory: object
    results: object
    say: object

    @property
    def warm_up_seconds(self):
        # Compilers at run time need the longest: until then YARP and Nuncio are not what they will be.
        return 1 if self.quick else 5


class Alternating:
    """Starts every proxy once, warms all of them, then measures them in turns, so that a slow minute of the machine
    hits all alike. Every turn begins with another proxy."""

    key = title = ""
    protocol = "http"
    only = None
    figures = ()

    def run(self, context):
        chosen = [peer for peer in context.peers if self.protocol in peer.protocols and (not self.only or peer.key in self.only)]
        with contextlib.ExitStack() as stack:
            upstream_port = self.start_upstream(context, stack)
            running = []
            for peer in chosen:
                with self._failures_of(context, peer, running):
                    running.append(stack.enter_context(peer.start(context, self.protocol, upstream_port)))
                    self.warm_up(context, running[-1])
            for turn in range(context.turns):
                shift = turn % max(len(running), 1)
                for proxy in running[shift:] + running[:shift]:
                    with self._failures_of(context, proxy.peer, running):
                        values = self.turn(context, proxy)
                        context.results.add(self.key, proxy.peer.key, values)
                        context.say(f"  turn {turn + 1} {proxy.peer.label:8}" + self._line(values))

    def _line(self, values):
        shown = [figure for figure in self.figures if figure.key in values and not figure.repeats]
        return "  ".join(f"{figure.label} {values[figure.key]:,.{figure.digits}f}" for figure in shown)

    @contextlib.contextmanager
    def _failures_of(self, context, peer, running):
        """A proxy that fails is written down and left out; the others go on."""
        try:
            yield
        except (LoadError, OSError, RuntimeError, ValueError) as error:
            context.results.fail(self.key, peer.label, error)
            context.say(f"  {peer.label} failed: {error}")
            running[:] = [proxy for proxy in running if proxy.peer is not peer]

    def start_upstream(self, context, stack):
        raise NotImplementedError

    def warm_up(self, context, proxy):
        raise NotImplementedError

    def turn(self, context, proxy):
        raise NotImplementedError


class Http(Alternating):
    """wrk with 64 connections against one path."""

    def __init__(self, key, title, path, figures, connections=64, close=False):
        self.key, self.title, self.path, self.figures = key, title, path, figures
        self.connections, self.close = connections, close

    def start_upstream(self, context, stack):
        return stack.enter_context(peers.start_http_upstream(context)).port

    def warm_up(self, context, proxy):
        check_body(proxy.port, self.path)
        clients.wrk(proxy.port, self.path, self.connections, context.warm_up_seconds, self.close)

    def turn(self, context, proxy):
        before = proxy.process.cpu()
        load = clients.wrk(proxy.port, self.path, self.connections, context.seconds, self.close)
        cpu = proxy.process.cpu() - before
        count = load["requests"]
        return {
            "cpu": cpu.total / count * 1e6,
            "user": cpu.user / count * 1e6,
            "p50": load["p50"] / 1e3,
            "p99": load["p99"] / 1e3,
            "rate": count / load["seconds"],
            "per_cpu": count * peers.SIZES[self.path] / MIB / cpu.total,
            "throughput": count * peers.SIZES[self.path] / MIB / load["seconds"],
            "busy": cpu.total / load["seconds"] * 100,
            "rss": proxy.process.rss() / MIB,
        }


def check_body(port, path):
    """One request, so that the figures are known to be those of full answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"/{path}")
        response = connection.getresponse()
        size = len(response.read())
    finally:
        connection.close()
    if response.status != 200 or size != peers.SIZES[path]:
        raise LoadError(f"answered {response.status} with {size} bytes to /{path}")


class Garbage(Http):
    """Bytes that Nuncio allocates for each request, from its own count."""

    only = ("nuncio",)
    _counter = re.compile(r"^[\w.]*total_allocated_bytes: (\d+)", re.M)

    def allocated(self, proxy):
        url = f"http://127.0.0.1:{proxy.admin}/stats"
        with urllib.request.urlopen(url, timeout=10) as response:
            found = self._counter.search(response.read().decode())
        if not found:
            raise LoadError("no stat total_allocated_bytes on the admin's /stats")
        return int(found.group(1))

    def turn(self, context, proxy):
        # Asking allocates, and so does each connection that the load opens. A short and a long load do as much of both, so
        # the difference is the requests' own.
        short = self.allocated_by(context, proxy, max(context.seconds / 4, 1))
        long = self.allocated_by(context, proxy, context.seconds * 2)
        requests = long["requests"] - short["requests"]
        return {"garbage": max(long["bytes"] - short["bytes"], 0) / max(requests, 1)}

    def allocated_by(self, context, proxy, seconds):
        before = self.allocated(proxy)
        load = clients.wrk(proxy.port, self.path, self.connections, seconds)
        return {"bytes": self.allocated(proxy) - before, "requests": load["requests"]}


class TcpStream(Alternating):
    """A server sends a fixed number of bytes to one client through the proxy."""

    key, title, protocol = "tcp-stream", "TCP, 1 GiB stream", "tcp"
    figures = (
        Figure("per_cpu", "MiB per CPU-second", 0, True, Goal("peer", 1.0), ("haproxy",)),
        Figure("throughput", "MiB/s", 0, True, None, ("haproxy",)),
    )

    def size(self, context):
        return 256 * MIB if context.quick else 1024 * MIB

    def start_upstream(self, context, stack):
        port = context.ports.take()
        source = stack.enter_context(clients.server(context, "source-server", port, self.size(context)))
        peers.await_port(source, port)
        return port

    def warm_up(self, context, proxy):
        clients.receive_stream(proxy.port, self.size(context), 60)

    def turn(self, context, proxy):
        before = proxy.process.cpu()
        load = clients.receive_stream(proxy.port, self.size(context), 60)
        # The proxy may still be closing; its last microseconds belong to this turn.
        time.sleep(0.05)
        cpu = proxy.process.cpu() - before
        return {"per_cpu": load["bytes"] / MIB / cpu.total, "throughput": load["bytes"] / MIB / load["seconds"]}


class TcpEcho(Alternating):
    """Ping-pong of 64 bytes on several connections."""

    key, title, protocol = "tcp-echo", "TCP, echo of 64 bytes, 16 connections", "tcp"
    connections = 16
    figures = (
        Figure("cpu", "CPU us/echo", 2, False, Goal("peer", 1.0), ("haproxy",)),
        Figure("user", "user us/echo", 2, False, None, ("haproxy",)),
        Figure("p99", "p99 us", 0, False, None, ("haproxy",)),
    )

    def start_upstream(self, context, stack):
        port = context.ports.take()
        echo = stack.enter_context(clients.server(context, "echo-server", port))
        peers.await_port(echo, port)
        return port

    def warm_up(self, context, proxy):
        clients.play_echo(proxy.port, self.connections, context.warm_up_seconds)

    def turn(self, context, proxy):
        before = proxy.process.cpu()
        load = clients.play_echo(proxy.port, self.connections, context.seconds)
        cpu = proxy.process.cpu() - before
        return {
            "cpu": cpu.total / load["count"] * 1e6,
            "user": cpu.user / load["count"] * 1e6,
            "p50": load["p50"],
            "p99": load["p99"],
            "rate": load["count"] / load["seconds"],
        }


class Sni(Alternating):
    """TLS passed through by server name, a new connection each time: what accepting and choosing costs."""

    key, title, protocol = "sni", f"TLS passed through by one of {peers.NAMES:,} server names, a new connection each", "sni"
    connections = 32
    figures = (
        Figure("per_cpu", "connections per CPU-second", 0, True, Goal("peer", 1.0), ("haproxy",)),
        Figure("cpu", "CPU us/connection", 2, False),
        Figure("user", "user us/connection", 2, False),
    )

    def start_upstream(self, context, stack):
        port = context.ports.take()
        server = stack.enter_context(clients.server(context, "reply-server", port))
        peers.await_port(server, port)
        return port

    def warm_up(self, context, proxy):
        clients.play_sni(proxy.port, self.connections, context.warm_up_seconds, peers.NAMES)

    def turn(self, context, proxy):
        before = proxy.process.cpu()
        load = clients.play_sni(proxy.port, self.connections, context.seconds, peers.NAMES)
        cpu = proxy.process.cpu() - before
        return {
            "per_cpu": load["count"] / cpu.total,
            "cpu": cpu.total / load["count"] * 1e6,
            "user": cpu.user / load["count"] * 1e6,
        }


class Idle(Http):
    """Memory of connections that have carried one request and wait for the next, and what remains when they are gone."""

    def __init__(self):
        super().__init__("idle", "10,000 idle keep-alive connections (quick: 2,000)", "small", (
            Figure("each", "KiB resident for each", 2, False, Goal("absolute", 4)),
            Figure("after", "resident after closing / before opening", 2, False, Goal("absolute", 1.2)),
            Figure("start", "MiB resident before opening", 1),
        ))

    def run(self, context):
        turns, context.turns = context.turns, 1
        try:
            super().run(context)
        finally:
            context.turns = turns

    def turn(self, context, proxy):
        count, pause = (2000, 5) if context.quick else (10000, 60)
        time.sleep(1 if context.quick else 3)
        before = proxy.process.rss()
        client = clients.open_idle(context, proxy.port, count)
        try:
            time.sleep(1)
            opened = proxy.process.rss()
        finally:
            client.stdin.close()
            client.wait(30)
            client.stop()
        time.sleep(pause)
        after = proxy.process.rss()
        return {"each": (opened - before) / count / 1024, "after": after / before, "start": before / MIB,
                "opened": opened / MIB}


class Start(Alternating):
    """From exec to a ready admin, with the configuration that Nuncio carries for those who have none."""

    key, title, only = "start", "start with the demo configuration", ("nuncio",)
    figures = (Figure("ready", "ms to /ready", 0, False, Goal("absolute", 1000)),)
    _ports = (9901, 10000)

    def run(self, context):
        for peer in context.peers:
            if peer.key in self.only:
                for turn in range(context.turns):
                    try:
                        values = self._turn(context, peer, turn)
                    except (LoadError, OSError, RuntimeError) as error:
                        context.results.fail(self.key, peer.label, error)
                        context.say(f"  {peer.label} failed: {error}")
                        return
                    context.results.add(self.key, peer.key, values)
                    context.say(f"  turn {turn + 1} {peer.label:8}{self._line(values)}")

    def _turn(self, context, peer, turn):
        for port in self._ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    raise LoadError(f"port {port} of the demo configuration is taken") from None
        started = time.monotonic()
        with Process([peer.program()], machine.PROXY_CORE, context.folder / f"demo-{turn}.log") as process:
            while time.monotonic() - started < peers.START_SECONDS:
                if not process.is_running():
                    raise LoadError(f"ended while starting: {process.log_tail(3)}")
                if self._is_ready():
                    return {"ready": (time.monotonic() - started) * 1e3}
                time.sleep(0.005)
        raise LoadError(f"not ready within {peers.START_SECONDS} s")

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports[0]}/ready", timeout=1) as response:
                return response.status == 200
        except OSError:
            return False


_BODY = (
    Figure("per_cpu", "MiB per CPU-second", 0, True, Goal("peer", 1.0)),
    Figure("throughput", "MiB/s", 0, True),
    Figure("p99", "p99 ms", 2),
)

SCENARIOS = (
    Http("small", "keep-alive GET, 34 bytes, 64 connections", "small", (
        Figure("cpu", "CPU us/request", 2, False, Goal("peer", 1.0)),
        Figure("cpu", "the same against YARP", 2, False, Goal("yarp", 3.0), repeats=True),
        Figure("user", "user us/request", 2, False, Goal("peer", 1.0)),
        Figure("p50", "p50 ms", 2),
        Figure("p99", "p99 ms", 2, False, Goal("peer", 1.1)),
        Figure("rate", "requests/s", 0, True),
        Figure("rss", "MiB resident", 1),
    )),
    Http("body-64k", "GET, 64 KiB body, 64 connections", "64k", _BODY),
    Http("body-1m", "GET, 1 MiB body, 64 connections", "1m", _BODY),
    Http("connect", "a new connection for each request", "small", (
        Figure("cpu", "CPU us/request", 2, False, Goal("peer", 1.1)),
        Figure("user", "user us/request", 2),
        Figure("p99", "p99 ms", 2),
        Figure("rate", "requests/s", 0, True),
    ), close=True),
    TcpStream(),
    TcpEcho(),
    Sni(),
    Idle(),
    Garbage("garbage", "allocated in steady state", "small",
            (Figure("garbage", "bytes/request", 2, False, Goal("absolute", 0.05)),)),
    Start(),
)
