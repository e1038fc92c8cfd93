"""The proxies that are compared and the upstream behind them: how each is found, configured and started.

Every proxy has one worker, keeps its connections to the upstream alive, and writes no access log. Their
configurations are the templates in ../configs; names in at signs are filled in here.
"""

import os
import re
import shutil
import socket
import subprocess
import time

from pathlib import Path

import machine

from processes import Process

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
YARP_PROJECT = Path(__file__).resolve().parents[1] / "Yarp"
START_SECONDS = 15

SMALL_BODY = b"hello from behind the proxy, 34 b\n"
# Server names that the sni scenario chooses by.
NAMES = 10000
SIZES = {"small": len(SMALL_BODY), "64k": 64 * 1024, "1m": 1024 * 1024}


class Unavailable(Exception):
    """A peer is not on this machine; the message tells what is missing."""


def render(template, target, values):
    text = (CONFIGS / template).read_text()
    text = re.sub(r"@(\w+)@", lambda name: str(values[name.group(1)]), text)
    Path(target).write_text(text)
    return str(target)


def await_port(process, port):
    """Waits until the process accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not process.is_running():
            raise RuntimeError(f"ended while starting:\n{process.log_tail()}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"did not listen within {START_SECONDS} s:\n{process.log_tail()}")


class Peer:
    """A proxy that can be started in front of an upstream port, for HTTP or for TCP."""

    key = label = ""
    protocols = ("http", "tcp")

    def locate(self):
        """Finds the program or raises Unavailable."""
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def command(self, protocol, folder, values):
        """Writes the configuration into the folder and returns the command line."""
        raise NotImplementedError

    def start(self, context, protocol, upstream_port):
        listen, admin = context.ports.take(), context.ports.take()
        folder = context.folder / f"{self.key}-{protocol}-{listen}"
        folder.mkdir(mode=0o755)
        values = {"listen": listen, "upstream": upstream_port, "admin": admin, "folder": folder}
        command = self.command(protocol, folder, values)
        process = Process(command, machine.PROXY_CORE, folder / "log", env=self.environment())
        try:
            await_port(process, listen)
        except BaseException:
            process.stop()
            raise
        return Running(self, process, listen, admin)

    def environment(self):
        return dict(os.environ)


class Running:
    """A started proxy: its process, the port under load and the admin port."""

    def __init__(self, peer, process, port, admin):
        self.peer, self.process, self.port, self.admin = peer, process, port, admin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()


def program(name):
    found = shutil.which(name)
    if not found:
        raise Unavailable(f"no {name} on the path (eng/peers installs it)")
    return found


class Nuncio(Peer):
    key, label, protocols = "nuncio", "Nuncio", ("http", "tcp", "sni")

    def __init__(self, path=None):
        self._path = Path(path) if path else machine.ROOT / "artifacts/bin/Nuncio.Server/release/nuncio"

    def locate(self):
        if not os.access(self._path, os.X_OK):
            raise Unavailable(f"no binary at {_short(self._path)} (dotnet build -c Release src/Nuncio.Server)")

    def version(self):
        return machine.first_line([str(self._path), "--version"]).removeprefix("nuncio").strip() or "?"

    def program(self):
        return str(self._path)

    def command(self, protocol, folder, values):
        if protocol == "sni":
            chain = (CONFIGS / "nuncio-sni-chain.yaml").read_text()
            values = {**values, "chains": "".join(chain.replace("@number@", str(i)) for i in range(NAMES))}
        config = render(f"nuncio-{protocol}.yaml", folder / "nuncio.yaml", values)
        return [str(self._path), "-c", config, "--concurrency", "1", "--log-level", "warning"]


class Nginx(Peer):
    key, label = "nginx", "nginx"
    _stream_module = Path("/usr/lib/nginx/modules/ngx_stream_module.so")

    def locate(self):
        self._program = program("nginx")
        if not self._stream_module.exists():
            self.protocols = ("http",)

    def version(self):
        return machine.first_line([self._program, "-v"]).split("/")[-1]

    def command(self, protocol, folder, values):
        config = render(f"nginx-{protocol}.conf", folder / "nginx.conf", {**values, "stream_module": self._stream_module})
        return [self._program, "-p", str(folder), "-c", config, "-e", str(folder / "errors")]


class HaProxy(Peer):
    key, label, protocols = "haproxy", "HAProxy", ("http", "tcp", "sni")

    def locate(self):
        self._program = program("haproxy")

    def version(self):
        found = re.search(r"version (\S+)", machine.first_line([self._program, "-v"]))
        return found.group(1) if found else "?"

    def command(self, protocol, folder, values):
        (folder / "names.map").write_text("".join(f"host-{i}.example.com out\n" for i in range(NAMES)))
        config = render(f"haproxy-{protocol}.cfg", folder / "haproxy.cfg", values)
        return [self._program, "-db", "-q", "-f", config]


class Yarp(Peer):
    """Built on the way where its packages can be had; everywhere else the run goes on without it."""

    key, label, protocols = "yarp", "YARP", ("http",)
    _program = machine.ROOT / "artifacts/yarp/bin/Yarp/release/Yarp"

    def locate(self):
        if not shutil.which("dotnet"):
            raise Unavailable("no dotnet on the path")
        command = ["dotnet", "build", str(YARP_PROJECT), "-c", "Release", "--nologo", "-v", "q", "--tl:off",
                   "-nodeReuse:false"]
        try:
            built = subprocess.run(command, capture_output=True, text=True, timeout=180)
        except subprocess.TimeoutExpired:
            raise Unavailable("its build took more than 180 s") from None
        if built.returncode != 0:
            errors = re.findall(r"error \w+: [^\[\n]+", built.stdout)
            raise Unavailable(f"does not build: {errors[0].strip() if errors else 'dotnet build failed'}")

    def version(self):
        return re.search(r'Yarp.ReverseProxy" Version="([^"]+)', (YARP_PROJECT / "Yarp.csproj").read_text()).group(1)

    def command(self, protocol, folder, values):
        return [str(self._program), str(values["listen"]), str(values["upstream"])]


def _short(path):
    try:
        return path.relative_to(machine.ROOT)
    except ValueError:
        return path


def start_http_upstream(context):
    """nginx, serving a fixed small body from its configuration and the large ones from memory with sendfile."""
    nginx, port = program("nginx"), context.ports.take()
    folder = context.folder / "upstream"
    folder.mkdir(mode=0o755)
    for name in ("64k", "1m"):
        body = context.shared_memory / name
        body.write_bytes(os.urandom(SIZES[name]))
        body.chmod(0o644)
    config = render("upstream.conf", folder / "nginx.conf", {
        "listen": port, "bodies": context.shared_memory, "small": SMALL_BODY.decode().strip(), "folder": folder})
    process = Process([nginx, "-p", str(folder), "-c", config, "-e", str(folder / "errors")],
                      machine.LOAD_CORE, folder / "log")
    try:
        await_port(process, port)
    except BaseException:
        process.stop()
        raise
    return Running(None, process, port, 0)
