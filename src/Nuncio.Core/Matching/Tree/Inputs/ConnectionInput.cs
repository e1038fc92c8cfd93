using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>What a matcher of connections asks of one. Immutable; any thread.</summary>
public sealed class ConnectionInput(ConnectionInputKind kind) : MatchInput<ConnectionInfo>
{
    /// <inheritdoc/>
    public override void Read(in ConnectionInfo input, ref InputValue value)
    {
        switch (kind)
        {
            case ConnectionInputKind.DestinationIp:
                value.SetIp(input.LocalAddress);
                break;
            case ConnectionInputKind.DestinationPort:
                ReadPort(input.LocalAddress, ref value);
                break;
            case ConnectionInputKind.SourceIp:
                value.SetIp(input.RemoteAddress);
                break;
            case ConnectionInputKind.SourcePort:
                ReadPort(input.RemoteAddress, ref value);
                break;
            case ConnectionInputKind.DirectSourceIp:
                value.SetIp(input.DirectRemoteAddress);
                break;
            case ConnectionInputKind.SourceType:
                ReadSourceType(ConnectionSource.IsLocal(input.RemoteAddress, input.LocalAddress), ref value);
                break;
            case ConnectionInputKind.ServerName:
                ReadText(input.RequestedServerName, ref value);
                break;
            case ConnectionInputKind.TransportProtocol:
                ReadText(input.TransportProtocol.Length == 0 ? "raw_buffer" : input.TransportProtocol, ref value);
                break;
            default:
                ReadProtocols(input.ApplicationProtocols, ref value);
                break;
        }
    }

    internal static void ReadPort(NetworkAddress? address, ref InputValue value)
    {
        if (address is { IsIp: true })
        {
            value.Append(address.Port);
        }
    }

    internal static void ReadSourceType(bool local, ref InputValue value)
    {
        if (local)
        {
            value.Set("local"u8);
        }
    }

    internal static void ReadText(string? text, ref InputValue value)
    {
        if (!string.IsNullOrEmpty(text))
        {
            value.Append(text);
        }
    }

    private static void ReadProtocols(IReadOnlyList<string> protocols, ref InputValue value)
    {
        for (int i = 0; i < protocols.Count; i++)
        {
            value.Append(i == 0 ? "'"u8 : ",'"u8);
            value.Append(protocols[i]);
            value.Append("'"u8);
        }
    }
}
