using Nuncio.Core.Listeners.Matching;
using Nuncio.Core.Streams;

namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// What a matcher of requests asks of the connection under them; the source is the client as <c>x-forwarded-for</c> and the like
/// tell. Immutable; any thread.
/// </summary>
public sealed class HttpConnectionInput(ConnectionInputKind kind) : MatchInput<HttpMatchInput>
{
    /// <inheritdoc/>
    public override void Read(in HttpMatchInput input, ref InputValue value)
    {
        StreamInfo info = input.Info;
        switch (kind)
        {
            case ConnectionInputKind.DestinationIp:
                value.SetIp(info.DownstreamLocalAddress);
                break;
            case ConnectionInputKind.DestinationPort:
                ConnectionInput.ReadPort(info.DownstreamLocalAddress, ref value);
                break;
            case ConnectionInputKind.SourceIp:
                value.SetIp(info.DownstreamRemoteAddress);
                break;
            case ConnectionInputKind.SourcePort:
                ConnectionInput.ReadPort(info.DownstreamRemoteAddress, ref value);
                break;
            case ConnectionInputKind.DirectSourceIp:
                value.SetIp(info.DownstreamDirectRemoteAddress);
                break;
            case ConnectionInputKind.SourceType when info is { DownstreamRemoteAddress: { } remote, DownstreamLocalAddress: { } local }:
                ConnectionInput.ReadSourceType(ConnectionSource.IsLocal(remote, local), ref value);
                break;
            case ConnectionInputKind.ServerName:
                ConnectionInput.ReadText(info.Connection?.RequestedServerName, ref value);
                break;
        }
    }
}
