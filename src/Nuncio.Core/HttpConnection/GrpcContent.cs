using Nuncio.Http.Headers;

namespace Nuncio.Core.HttpConnection;

/// <summary>Tells gRPC by its content type: <c>application/grpc</c>, or what begins with <c>application/grpc+</c>. Stateless; any thread.</summary>
public static class GrpcContent
{
    /// <summary>Whether a message, if there is one, says that it is gRPC.</summary>
    public static bool Is(HeaderMap? headers)
    {
        if (headers is null)
        {
            return false;
        }

        ReadOnlySpan<byte> type = headers.Get(KnownHeader.ContentType);
        return type.StartsWith("application/grpc"u8) && (type.Length == 16 || type[16] == (byte)'+');
    }
}
