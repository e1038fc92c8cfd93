/* The least that a proxy on epoll can do: for each client one connection to the upstream, and bytes copied both ways, nothing looked at.
   Four system calls for a request and its response, as any HTTP/1 proxy needs. Its CPU per request is what the kernel's TCP costs on this
   machine; no proxy on sockets can be below it.

   cc -O2 -o relay relay.c && ./relay <listen port> <upstream port>        (loopback only) */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FD = 65536 };

static int peer[MAX_FD];
static char bytes[16384];
static struct epoll_event ready[256];

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int epoll, int fd, unsigned events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void take(int epoll, int listener, struct sockaddr_in upstream)
{
    int one = 1, client = accept4(listener, 0, 0, SOCK_NONBLOCK), server = socket(AF_INET, SOCK_STREAM, 0);
    connect(server, (struct sockaddr *)&upstream, sizeof upstream);
    fcntl(server, F_SETFL, O_NONBLOCK);
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    peer[client] = server;
    peer[server] = client;
    watch(epoll, client, EPOLLIN | EPOLLRDHUP | EPOLLET);
    watch(epoll, server, EPOLLIN | EPOLLRDHUP | EPOLLET);
}

static void relay(int fd)
{
    int count = recv(fd, bytes, sizeof bytes, 0), other = peer[fd];
    if (count > 0 && other)
        send(other, bytes, count, MSG_NOSIGNAL);
    else if (count == 0 || (count < 0 && errno != EAGAIN)) {
        if (other)
            shutdown(other, SHUT_RDWR);
        peer[other] = peer[fd] = 0;
        close(fd);
    }
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    int one = 1, epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(atoi(arguments[1])), upstream = loopback(atoi(arguments[2]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096))
        return 1;
    watch(epoll, listener, EPOLLIN);
    for (;;) {
        int events = epoll_wait(epoll, ready, 256, -1);
        for (int i = 0; i < events; i++) {
            if (ready[i].data.fd == listener)
                take(epoll, listener, upstream);
            else
                relay(ready[i].data.fd);
        }
    }
}
