using Nuncio.Http.Headers;

namespace Nuncio.Core.HttpConnection;

/// <summary>The last touch on response headers before the codec: ours added, hop-by-hop ones taken away. Stateless.</summary>
internal static class ResponseHeaderFinisher
{
    internal static void Apply(HttpStream stream, HeaderMap headers)
    {
        HttpConnectionManager manager = stream.Manager;
        HttpConnectionManagerConfig config = manager.Config;
        if (!headers.Has(KnownHeader.Date))
        {
            headers.Add(KnownHeader.Date, manager.Date.Value);
        }

        if (config.ServerHeader == ServerHeaderTransformation.Overwrite
            || (config.ServerHeader == ServerHeaderTransformation.AppendIfAbsent && !headers.Has(KnownHeader.Server)))
        {
            headers.Set(KnownHeader.Server, config.ServerName);
        }

        headers.Remove(KnownHeader.Connection);
        headers.Remove(KnownHeader.TransferEncoding);
        headers.Remove(KnownHeader.KeepAlive);
        headers.Remove(KnownHeader.ProxyConnection);
        if (config.AlwaysSetRequestIdInResponse && stream.RequestHeaders is { } request && request.TryGet(KnownHeader.XRequestId, out ReadOnlySpan<byte> id))
        {
            headers.Set(KnownHeader.XRequestId, id);
        }

        if (config.Via is not null)
        {
            headers.Append(KnownHeader.Via, config.Via, ", "u8);
        }
    }
}
