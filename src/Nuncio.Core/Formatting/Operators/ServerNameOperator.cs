using Nuncio.Base.Buffers;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Formatting.Operators;

/// <summary>
/// <c>REQUESTED_SERVER_NAME(X:Y)</c>: the server name of TLS, the request's host, or whichever there is. X is <c>SNI_ONLY</c> (default),
/// <c>SNI_FIRST</c> or <c>HOST_FIRST</c>; Y says where the host is from: <c>ORIG</c>, <c>HOST</c> or <c>ORIG_OR_HOST</c> (default).
/// </summary>
internal sealed class ServerNameOperator(ServerNameOrder order, bool original, bool host) : FormatOperator
{
    internal static FormatOperator? Create(in OperatorArguments arguments, out string? error)
    {
        string[] parts = arguments.Argument.Split(':');
        ServerNameOrder? order = parts[0] switch
        {
            "" or "SNI_ONLY" => ServerNameOrder.SniOnly,
            "SNI_FIRST" => ServerNameOrder.SniFirst,
            "HOST_FIRST" => ServerNameOrder.HostFirst,
            _ => null,
        };
        string source = parts.Length > 1 ? parts[1] : "ORIG_OR_HOST";
        bool good = order is not null && parts.Length <= 2 && source is "ORIG" or "HOST" or "ORIG_OR_HOST";
        error = good
            ? null
            : $"REQUESTED_SERVER_NAME({arguments.Argument}): expected SNI_ONLY, SNI_FIRST or HOST_FIRST, then ORIG, HOST or ORIG_OR_HOST";
        return good ? new ServerNameOperator(order!.Value, source != "HOST", source != "ORIG") : null;
    }

    internal override FormatValue Write(in FormatContext context, ByteWriter into)
    {
        int start = into.Length;
        bool written = order == ServerNameOrder.HostFirst
            ? WriteHost(context, into) || WriteServerName(context, into)
            : WriteServerName(context, into) || (order == ServerNameOrder.SniFirst && WriteHost(context, into));
        if (!written)
        {
            return FormatValue.Missing;
        }

        // A server name comes from the client before anything was checked: what cannot be in a host name becomes an underscore.
        foreach (ref byte b in into.WrittenFrom(start))
        {
            b = IsHostNameByte(b) ? b : (byte)'_';
        }

        return FormatValue.Text;
    }

    private static bool WriteServerName(in FormatContext context, ByteWriter into)
    {
        if (context.Stream.Connection?.RequestedServerName is not { Length: > 0 } name)
        {
            return false;
        }

        into.Append(name);
        return true;
    }

    private static bool IsHostNameByte(byte b) =>
        char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_' or (byte)':' or (byte)'*' or (byte)'[' or (byte)']';

    private bool WriteHost(in FormatContext context, ByteWriter into)
    {
        if (context.RequestHeaders is not { } headers)
        {
            return false;
        }

        ReadOnlySpan<byte> name = original ? headers.Get(KnownHeader.XEnvoyOriginalHost) : default;
        if (name.IsEmpty && host)
        {
            name = headers.Get(KnownHeader.Authority);
        }

        into.Append(name);
        return !name.IsEmpty;
    }
}

/// <summary>Where <c>REQUESTED_SERVER_NAME</c> looks.</summary>
internal enum ServerNameOrder : byte
{
    /// <summary>The server name of TLS.</summary>
    SniOnly,

    /// <summary>The server name of TLS, else the request's host.</summary>
    SniFirst,

    /// <summary>The request's host, else the server name of TLS.</summary>
    HostFirst,
}
