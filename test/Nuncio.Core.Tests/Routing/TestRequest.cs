using System.Text;
using Nuncio.Core.Formatting;
using Nuncio.Core.Routing;
using Nuncio.Core.Streams;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Tests.Routing;

/// <summary>A request as the routes see it: headers and random bits, made by hand.</summary>
internal sealed class TestRequest
{
    private readonly HeaderMapPool _pool = new();

    internal TestRequest(string authority = "example.com", string? path = "/", ulong random = 0)
    {
        Headers = _pool.Rent();
        Headers.Add(":method"u8, "GET"u8);
        Headers.Add(":scheme"u8, "http"u8);
        Headers.Add(":authority"u8, Encoding.UTF8.GetBytes(authority));
        if (path is not null)
        {
            Headers.Add(":path"u8, Encoding.UTF8.GetBytes(path));
        }

        Headers.Add("x-forwarded-proto"u8, "http"u8);
        Info = new StreamInfo { Random = random };
    }

    internal HeaderMap Headers { get; }

    internal StreamInfo Info { get; }

    internal RouteInput Input => new(Headers, Info);

    internal FormatContext Context => new(Info, Headers, null, null, 0, 0);

    internal TestRequest With(string name, string value)
    {
        Headers.Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return this;
    }

    internal HeaderMap NewMap() => _pool.Rent();

    internal string? Header(string name) => Text(Headers, name);

    internal static string? Text(HeaderMap headers, string name)
    {
        var values = new List<string>();
        foreach (ReadOnlySpan<byte> value in headers.GetAll(Encoding.UTF8.GetBytes(name)))
        {
            values.Add(Encoding.UTF8.GetString(value));
        }

        return values.Count == 0 ? null : string.Join(" | ", values);
    }
}
