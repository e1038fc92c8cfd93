using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Network;

namespace Nuncio.Extensions.Tests.ListenerFilters;

/// <summary>An accepted socket that a test describes, for filters that look at no bytes.</summary>
internal sealed class ScriptedSocket : AcceptedSocket, IDisposable
{
    private readonly SimulatedLoop _loop = new();

    internal ScriptedSocket(string local, string remote = "192.0.2.7:5000")
        : this(new ConnectionInfo(SimulatedNetwork.Parse(local), SimulatedNetwork.Parse(remote)))
    {
    }

    internal ScriptedSocket(ConnectionInfo info)
    {
        Info = info;
        FileDescriptor = _loop.Network.Sockets.Socket(AddressKind.IPv4);
        _loop.Network.Sockets.Bind(FileDescriptor, NetworkAddress.FromIPv4(0x0A000001, 80));
    }

    public override ConnectionInfo Info { get; }

    public override Dispatcher Dispatcher => _loop.Dispatcher;

    public override int FileDescriptor { get; }

    /// <summary>Why the filter closed it; null while it has not.</summary>
    internal string? ClosedBecause { get; private set; }

    public override void Consume(int count) => Assert.Fail("nothing to consume");

    public override void ContinueFilters() => Assert.Fail("nobody has stopped");

    public override void Close(string reason) => ClosedBecause = reason;

    public void Dispose() => _loop.Dispose();

    internal void SetOption(int level, int name, byte[] value) => _loop.Network.Sockets.SetOption(FileDescriptor, level, name, value);

    internal void Advance(double seconds) => _loop.Advance(TimeSpan.FromSeconds(seconds));
}
