using Nuncio.IO.Network;
using Nuncio.Core.Clusters;
using Nuncio.Core.Failures;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Streams;

/// <summary>
/// What is known of a downstream connection before its network filters run, and stays true while it lives: addresses, what listener
/// filters found, where it belongs. Filter chain matching and network filters read it.
/// </summary>
/// <remarks>
/// Owner: the connection's worker. Made when it is accepted; listener filters write it; from the choice of the filter chain on only
/// <see cref="Metadata"/> and <see cref="FilterState"/> change.
/// </remarks>
public sealed class ConnectionInfo
{
    private NetworkAddress? _local;
    private NetworkAddress? _directLocal;

    /// <summary>For a socket accepted from <paramref name="remote"/>.</summary>
    /// <param name="directLocal">Where it was accepted; null asks the connection when somebody asks.</param>
    /// <param name="remote">Where it comes from.</param>
    public ConnectionInfo(NetworkAddress? directLocal, NetworkAddress remote)
    {
        _directLocal = directLocal;
        DirectRemoteAddress = remote;
        RemoteAddress = remote;
    }

    /// <summary>The address it was accepted at.</summary>
    public NetworkAddress DirectLocalAddress
    {
        get => _directLocal ??= Connection?.LocalAddress ?? NetworkAddress.UnnamedPipe;
        set => _directLocal = value;
    }

    /// <summary>The connection, once there is one.</summary>
    public Connection? Connection { get; set; }

    /// <summary>The address the system says it comes from.</summary>
    public NetworkAddress DirectRemoteAddress { get; }

    /// <summary>Where the client wanted to go: restored by a listener filter, else <see cref="DirectLocalAddress"/>.</summary>
    public NetworkAddress LocalAddress
    {
        get => _local ?? DirectLocalAddress;
        set => _local = value;
    }

    /// <summary>Whether a listener filter restored <see cref="LocalAddress"/>; only then may it lead to another listener.</summary>
    public bool IsLocalAddressRestored => _local is not null;

    /// <summary>Who the client is: restored by a listener filter, else <see cref="DirectRemoteAddress"/>.</summary>
    public NetworkAddress RemoteAddress { get; set; }

    /// <summary>The listener's name.</summary>
    public string ListenerName { get; set; } = "";

    /// <summary>What the listener's configuration says of it; null for connections without a listener.</summary>
    public ConfigMetadata? ListenerMetadata { get; set; }

    /// <summary>What the filter chain's configuration says of it; null while none is chosen.</summary>
    public ConfigMetadata? FilterChainMetadata { get; set; }

    /// <summary>The filter chain's name; null while none is chosen, or it has none.</summary>
    public string? FilterChainName { get; set; }

    /// <summary>Server name of a TLS ClientHello, in lower case; empty when none was asked for or nobody looked.</summary>
    public string RequestedServerName { get; set; } = "";

    /// <summary>What lies on TCP as far as somebody looked: <c>tls</c>, <c>raw_buffer</c>; empty is treated as <c>raw_buffer</c>.</summary>
    public string TransportProtocol { get; set; } = "";

    /// <summary>Protocols the client offers (ALPN), or what the HTTP inspector found (<c>http/1.1</c>, <c>h2c</c>).</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; set; } = [];

    /// <summary>JA3 fingerprint, 32 hexadecimal digits; empty when nobody made one.</summary>
    public string Ja3Hash { get; set; } = "";

    /// <summary>JA4 fingerprint; empty when nobody made one.</summary>
    public string Ja4 { get; set; } = "";

    /// <summary>Dynamic metadata of the connection, made when first written.</summary>
    public DynamicMetadata? Metadata { get; set; }

    /// <summary>Filter state of the connection, made when first written.</summary>
    public FilterState? FilterState { get; set; }

    /// <summary>Why it was ended, when there is a word for that: <c>%CONNECTION_TERMINATION_DETAILS%</c>.</summary>
    public string? TerminationDetails { get; set; }

    /// <summary>What went wrong with it.</summary>
    public ResponseFlags Flags { get; set; }
}
