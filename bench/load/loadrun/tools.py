"""Small programs at both ends of a proxy under load: what wrk and nginx cannot do.

    tools.py source-server PORT BYTES        sends BYTES to each connection, one connection after the other
    tools.py stream-client PORT BYTES        receives BYTES and prints {"bytes", "seconds"}
    tools.py echo-server   PORT              sends back what it receives
    tools.py echo-client   PORT CONNECTIONS SECONDS   plays ping-pong with 64 bytes, prints count and latencies
    tools.py reply-server  PORT              answers the first bytes of a connection with "ok" and closes
    tools.py sni-client    PORT CONNECTIONS SECONDS NAMES   connects, sends a ClientHello for one of the names, waits for the end
    tools.py idle-client   PORT CONNECTIONS  one GET on each connection, prints "open", holds them until its input ends

They are cheap enough not to be the bottleneck: the stream's client lets the kernel drop the bytes, the echo's
ends do two system calls for each message.
"""

import json
import select
import socket
import sys
import time

BLOCK = 256 * 1024
MESSAGE = b"x" * 64
PATIENCE = 60


def listen(port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", port))
    server.listen(1024)
    return server


def connect(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def source_server(port, count):
    server, block = listen(port), memoryview(bytes(BLOCK))
    while True:
        connection, _ = server.accept()
        connection.settimeout(PATIENCE)
        try:
            left = count
            while left > 0:
                left -= connection.send(block[:min(left, BLOCK)])
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)
        except OSError:
            pass
        connection.close()


def stream_client(port, count):
    started, received = time.monotonic(), 0
    buffer = bytearray(BLOCK)
    with connect(port) as client:
        while received < count:
            # MSG_TRUNC on TCP: the kernel drops the bytes instead of copying them here (tcp(7)).
            got = client.recv_into(buffer, BLOCK, socket.MSG_TRUNC)
            if got == 0:
                break
            received += got
    print(json.dumps({"bytes": received, "seconds": time.monotonic() - started}))


def echo_server(port):
    server, poll, peers = listen(port), select.epoll(), {}
    server.setblocking(False)
    poll.register(server, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number == server.fileno():
                peer, _ = server.accept()
                peer.setblocking(False)
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                peers[peer.fileno()] = peer
                poll.register(peer, select.EPOLLIN)
                continue
            peer = peers[number]
            try:
                message = peer.recv(4096)
                if message:
                    peer.send(message)
                    continue
            except OSError:
                pass
            del peers[number]
            peer.close()


def echo_client(port, connections, seconds):
    poll, peers, sent, latencies = select.epoll(), {}, {}, []
    now = time.perf_counter_ns
    for _ in range(connections):
        peer = connect(port)
        peer.setblocking(False)
        peers[peer.fileno()] = peer
        poll.register(peer, select.EPOLLIN)
    for number, peer in peers.items():
        sent[number] = now()
        peer.send(MESSAGE)
    started = now()
    end, partial = started + int(seconds * 1e9), dict.fromkeys(peers, 0)
    last = started
    while last < end:
        events = poll.poll(PATIENCE)
        if not events:
            sys.exit("no echo came back")
        for number, _ in events:
            peer = peers[number]
            message = peer.recv(4096)
            if not message:
                sys.exit("connection closed")
            partial[number] += len(message)
            if partial[number] < len(MESSAGE):
                continue
            partial[number] = 0
            last = now()
            latencies.append(last - sent[number])
            sent[number] = last
            peer.send(MESSAGE)
    latencies.sort()
    print(json.dumps({
        "count": len(latencies),
        "seconds": (last - started) / 1e9,
        "p50": latencies[len(latencies) // 2] / 1e3,
        "p99": latencies[len(latencies) * 99 // 100] / 1e3,
    }))


def reply_server(port):
    server, poll, peers = listen(port), select.epoll(), {}
    server.setblocking(False)
    poll.register(server, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number == server.fileno():
                peer, _ = server.accept()
                peers[peer.fileno()] = peer
                poll.register(peer, select.EPOLLIN)
                continue
            peer = peers.pop(number)
            try:
                if peer.recv(4096):
                    peer.send(b"ok")
            except OSError:
                pass
            peer.close()


def client_hello(name):
    """A ClientHello of TLS 1.3 as OpenSSL sends it, of 517 bytes with its padding."""
    def block(size, body):
        return len(body).to_bytes(size, "big") + body

    def extension(kind, body):
        return kind.to_bytes(2, "big") + block(2, body)

    extensions = extension(0, block(2, b"\0" + block(2, name.encode())))
    extensions += extension(11, block(1, b"\0\1\2")) + extension(10, block(2, bytes.fromhex("001d0017001e00190018")))
    extensions += extension(16, block(2, block(1, b"h2") + block(1, b"http/1.1")))
    extensions += extension(13, block(2, bytes.fromhex("0403050306030807080808090804080508060401050106010303")))
    extensions += extension(43, block(1, bytes.fromhex("03040303"))) + extension(45, block(1, b"\1"))
    extensions += extension(51, block(2, bytes.fromhex("001d") + block(2, bytes(range(32)))))
    head = b"\3\3" + bytes(range(32)) + block(1, bytes(range(32))) + block(2, bytes.fromhex("130213031301c02cc030009fcca9cca8ccaa"))
    head += block(1, b"\0")
    missing = 512 - (4 + len(head) + 2 + len(extensions) + 4)
    extensions += extension(21, bytes(missing)) if missing > 0 else b""
    return b"\x16\3\1" + block(2, b"\1" + block(3, head + block(2, extensions)))


def sni_client(port, connections, seconds, names):
    hellos = [client_hello(f"host-{i}.example.com") for i in range(names)]
    poll, peers, count, turn = select.epoll(), {}, 0, 0

    def begin():
        nonlocal turn
        peer = socket.socket()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.connect(("127.0.0.1", port))
        turn += 7919
        peer.send(hellos[turn % names])
        peers[peer.fileno()] = peer
        poll.register(peer, select.EPOLLIN)

    for _ in range(connections):
        begin()
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        events = poll.poll(PATIENCE)
        if not events:
            sys.exit("no answer came")
        for number, _ in events:
            peer = peers[number]
            answer = peer.recv(4096)
            if answer == b"ok":
                continue
            if answer:
                sys.exit(f"answered {answer[:20]}")
            poll.unregister(peer)
            del peers[number]
            peer.close()
            count += 1
            begin()
    print(json.dumps({"count": count, "seconds": time.perf_counter() - started}))


def idle_client(port, connections):
    clients = []
    request = b"GET /small HTTP/1.1\r\nHost: idle.example\r\n\r\n"
    for _ in range(connections):
        client = connect(port)
        client.sendall(request)
        read_response(client)
        clients.append(client)
    print("open", flush=True)
    sys.stdin.read()
    for client in clients:
        client.close()


def read_response(client):
    received = b""
    while b"\r\n\r\n" not in received:
        block = client.recv(65536)
        if not block:
            sys.exit("connection closed before a response")
        received += block
    head, body = received.split(b"\r\n\r\n", 1)
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        sys.exit(f"unexpected response: {head[:80]!r}")
    lengths = [line.split(b":", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    left = int(lengths[0]) - len(body)
    while left > 0:
        block = client.recv(65536)
        if not block:
            sys.exit("connection closed inside a body")
        left -= len(block)


PROGRAMS = {
    "source-server": (source_server, int, int),
    "stream-client": (stream_client, int, int),
    "echo-server": (echo_server, int),
    "echo-client": (echo_client, int, int, float),
    "idle-client": (idle_client, int, int),
    "reply-server": (reply_server, int),
    "sni-client": (sni_client, int, int, float, int),
}


def main():
    program, *types = PROGRAMS[sys.argv[1]]
    program(*(convert(text) for convert, text in zip(types, sys.argv[2:], strict=True)))


if __name__ == "__main__":
    main()
