namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>What is asked of a connection, in the order it is asked. Envoy: "Filter chain match".</summary>
internal enum MatchQuestion : byte
{
    /// <summary>Port the client wanted to go to.</summary>
    DestinationPort,

    /// <summary>Address the client wanted to go to.</summary>
    Destination,

    /// <summary>Server name of TLS.</summary>
    ServerName,

    /// <summary>Transport protocol.</summary>
    TransportProtocol,

    /// <summary>Application protocol.</summary>
    ApplicationProtocol,

    /// <summary>Address the connection comes from.</summary>
    DirectSource,

    /// <summary>From this machine or not.</summary>
    SourceType,

    /// <summary>Address of the client.</summary>
    Source,

    /// <summary>Port of the client.</summary>
    SourcePort,

    /// <summary>Nothing is left to ask.</summary>
    None,
}
