using System.Runtime.InteropServices;
using Nuncio.Base.Buffers;

namespace Nuncio.IO.Interop;

/// <summary>
/// The system calls of the event loop, as libc exports them. Blittable, no marshalling; a failed call returns -1 and the reason is
/// read with <see cref="Errno.Last"/> at once.
/// </summary>
/// <remarks>
/// Safety: callers pass memory that outlives the call: pinned blocks, <c>fixed</c> spans or the stack. Nothing keeps a pointer
/// after it returned. Names are libc's.
/// </remarks>
internal static unsafe partial class LibC
{
    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "epoll_create1")]
    internal static partial int EpollCreate(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl")]
    internal static partial int EpollControl(int epoll, int operation, int fd, byte* epollEvent);

    [LibraryImport(Library, EntryPoint = "epoll_wait")]
    internal static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd")]
    internal static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "statx")]
    internal static partial int Statx(int directory, byte* path, int flags, uint mask, byte* into);

    [LibraryImport(Library, EntryPoint = "socket")]
    internal static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "socketpair")]
    internal static partial int SocketPair(int family, int type, int protocol, int* ends);

    [LibraryImport(Library, EntryPoint = "bind")]
    internal static partial int Bind(int fd, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "listen")]
    internal static partial int Listen(int fd, int backlog);

    [LibraryImport(Library, EntryPoint = "connect")]
    internal static partial int Connect(int fd, byte* address, uint length);

    [LibraryImport(Library, EntryPoint = "accept4")]
    internal static partial int Accept(int fd, byte* address, uint* length, int flags);

    [LibraryImport(Library, EntryPoint = "recv")]
    internal static partial nint Receive(int fd, byte* into, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "readv")]
    internal static partial nint ReadVectors(int fd, IoVector* vectors, int count);

    [LibraryImport(Library, EntryPoint = "send")]
    internal static partial nint Send(int fd, byte* from, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg")]
    internal static partial nint SendMessage(int fd, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg")]
    internal static partial nint ReceiveMessage(int fd, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmmsg")]
    internal static partial int ReceiveMessages(int fd, CountedMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport(Library, EntryPoint = "poll")]
    internal static partial int Poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "read")]
    internal static partial nint Read(int fd, byte* into, nuint length);

    [LibraryImport(Library, EntryPoint = "write")]
    internal static partial nint Write(int fd, byte* from, nuint length);

    [LibraryImport(Library, EntryPoint = "shutdown")]
    internal static partial int Shutdown(int fd, int how);

    [LibraryImport(Library, EntryPoint = "close")]
    internal static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "setsockopt")]
    internal static partial int SetOption(int fd, int level, int name, byte* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt")]
    internal static partial int GetOption(int fd, int level, int name, byte* value, uint* length);

    [LibraryImport(Library, EntryPoint = "getsockname")]
    internal static partial int GetLocalName(int fd, byte* address, uint* length);

    [LibraryImport(Library, EntryPoint = "getpeername")]
    internal static partial int GetPeerName(int fd, byte* address, uint* length);

    [LibraryImport(Library, EntryPoint = "unlink")]
    internal static partial int Unlink(byte* path);

    [LibraryImport(Library, EntryPoint = "chmod")]
    internal static partial int ChangeMode(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUser();

    [LibraryImport(Library, EntryPoint = "pipe2")]
    internal static partial int Pipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "splice")]
    internal static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport(Library, EntryPoint = "fcntl")]
    internal static partial int FileControl(int fd, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "gettid")]
    internal static partial int GetThread();

    [LibraryImport(Library, EntryPoint = "getrlimit")]
    internal static partial int GetLimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, EntryPoint = "setrlimit")]
    internal static partial int SetLimit(int resource, ResourceLimit* limit);

    /// <summary><c>struct msghdr</c>, 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal nint Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal nint Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary><c>struct mmsghdr</c>, 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CountedMessageHeader
    {
        internal MessageHeader Header;
        internal uint Count;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Fd;
        internal short Wanted;
        internal short Seen;
    }

    /// <summary><c>struct rlimit</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
