using System.Globalization;
using System.Text;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Testing.ListenerFilters;

/// <summary>
/// One listener filter with one accepted socket whose bytes the test sends: what the filter is shown follows the contract of the runner
/// (all unconsumed bytes, never more than it asks for), and what it does is remembered.
/// </summary>
public sealed class ListenerFilterProbe : AcceptedSocket
{
    private readonly ListenerFilter? _filter;
    private readonly List<byte> _bytes = [];
    private int _shown;
    private bool _inData;

    /// <summary>Accepts a socket: the filter has said what it wants when this returns.</summary>
    public ListenerFilterProbe(
        ListenerFilterMaker maker, Dispatcher dispatcher, string local = "10.0.0.1:10000", string remote = "192.0.2.7:50000",
        Action<ConnectionInfo>? prepare = null)
    {
        Dispatcher = dispatcher;
        Info = new ConnectionInfo(Address(local), Address(remote));
        prepare?.Invoke(Info);
        _filter = maker.Create(this);
        HasContinued = (_filter?.OnAccept(this) ?? ListenerFilterStatus.Continue) == ListenerFilterStatus.Continue;
    }

    /// <inheritdoc/>
    public override ConnectionInfo Info { get; }

    /// <inheritdoc/>
    public override Dispatcher Dispatcher { get; }

    /// <inheritdoc/>
    public override int FileDescriptor => throw new NotSupportedException("there is no socket");

    /// <summary>Whether the filter is done and the socket goes on.</summary>
    public bool HasContinued { get; private set; }

    /// <summary>Why the filter closed the socket; null while it has not.</summary>
    public string? ClosedFor { get; private set; }

    /// <summary>Bytes the filter took away.</summary>
    public int Consumed { get; private set; }

    /// <summary>Bytes that arrived before the filter decided; 0 while it has not.</summary>
    public int DecidedAfter { get; private set; }

    /// <summary>Whether it still waits.</summary>
    public bool IsWaiting => !HasContinued && ClosedFor is null;

    /// <summary>What the connection would read first.</summary>
    public string Rest => Encoding.Latin1.GetString([.. _bytes]);

    /// <summary>All that can be seen of what the filter did, on one line each.</summary>
    public string Outcome
    {
        get
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"continued {HasContinued}, closed {ClosedFor}, consumed {Consumed}\n");
            text.Append(CultureInfo.InvariantCulture, $"{Info.LocalAddress} {Info.IsLocalAddressRestored} {Info.RemoteAddress}\n");
            text.Append(CultureInfo.InvariantCulture, $"{Info.TransportProtocol} {Info.RequestedServerName} {string.Join(',', Info.ApplicationProtocols)}\n");
            text.Append(CultureInfo.InvariantCulture, $"{Info.Ja3Hash} {Info.Ja4}\n");
            if (Info.FilterState?.Find(ProxyProtocolHeader.FilterStateKey) is ProxyProtocolHeader header)
            {
                text.Append(CultureInfo.InvariantCulture, $"v{header.Version} {header.Source} {header.Destination}");
                foreach (ProxyProtocolTlv tlv in header.Tlvs)
                {
                    text.Append(CultureInfo.InvariantCulture, $" {tlv.Type}={Convert.ToHexString(tlv.Value)}");
                }
            }

            return text.ToString();
        }
    }

    /// <summary>Bytes arrive. What comes after the filter has decided is left to the connection.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
        {
            _bytes.Add(one);
        }

        while (IsWaiting)
        {
            int window = Math.Min(_bytes.Count, _filter!.MaxReadBytes);
            if (window == _shown)
            {
                if (window == _filter.MaxReadBytes)
                {
                    throw new InvalidOperationException($"the filter has seen all {window} bytes it asked for and waits for ever");
                }

                return;
            }

            _shown = window;
            Show([.. _bytes.GetRange(0, window)]);
        }
    }

    /// <inheritdoc/>
    public override void Consume(int count)
    {
        if (!_inData || count > _shown || Consumed > 0)
        {
            throw new InvalidOperationException($"consumes {count} of {_shown} bytes shown, inside OnData: {_inData}");
        }

        Consumed = count;
    }

    /// <inheritdoc/>
    public override void ContinueFilters() => throw new NotSupportedException("no filter under test goes on by itself");

    /// <inheritdoc/>
    public override void Close(string reason)
    {
        if (!IsWaiting)
        {
            throw new InvalidOperationException("closed twice, or after it went on");
        }

        ClosedFor = reason;
    }

    private static NetworkAddress Address(string text) =>
        NetworkAddress.TryParseIpAndPort(text, out NetworkAddress? address) ? address! : throw new ArgumentException(text);

    private void Show(byte[] bytes)
    {
        _inData = true;
        ListenerFilterStatus status = _filter!.OnData(this, bytes);
        _inData = false;
        if (status == ListenerFilterStatus.Continue && ClosedFor is not null)
        {
            throw new InvalidOperationException("closed and went on");
        }

        HasContinued = status == ListenerFilterStatus.Continue;
        if (!IsWaiting)
        {
            DecidedAfter = bytes.Length;
            _bytes.RemoveRange(0, Consumed);
        }
    }
}
