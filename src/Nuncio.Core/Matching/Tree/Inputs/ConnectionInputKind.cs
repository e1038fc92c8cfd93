namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>What can be asked of a connection. Envoy: envoy.extensions.matching.common_inputs.network.v3.</summary>
public enum ConnectionInputKind : byte
{
    /// <summary>DestinationIPInput.</summary>
    DestinationIp,

    /// <summary>DestinationPortInput.</summary>
    DestinationPort,

    /// <summary>SourceIPInput.</summary>
    SourceIp,

    /// <summary>SourcePortInput.</summary>
    SourcePort,

    /// <summary>DirectSourceIPInput.</summary>
    DirectSourceIp,

    /// <summary>SourceTypeInput: <c>local</c>, else nothing.</summary>
    SourceType,

    /// <summary>ServerNameInput.</summary>
    ServerName,

    /// <summary>TransportProtocolInput; not of requests.</summary>
    TransportProtocol,

    /// <summary>ApplicationProtocolInput: <c>'h2','http/1.1'</c>; not of requests.</summary>
    ApplicationProtocol,
}
