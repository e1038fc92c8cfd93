using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Server.Admin;

/// <summary>A request to the admin server, completely received. Immutable; main thread.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path without the query.</param>
/// <param name="Query">The query as it was sent, without the question mark.</param>
/// <param name="Parameters">The query's parameters, or those of a form in the body.</param>
internal sealed record AdminRequest(string Method, string Path, string Query, QueryParameters Parameters)
{
    private static ReadOnlySpan<byte> FormType => "application/x-www-form-urlencoded"u8;

    /// <summary>From headers and body.</summary>
    internal static AdminRequest Read(HeaderMap headers, ReadOnlySpan<byte> body)
    {
        string target = Encoding.UTF8.GetString(headers.Get(KnownHeader.Path));
        int question = target.IndexOf('?');
        string path = question < 0 ? target : target[..question];
        string query = question < 0 ? "" : target[(question + 1)..];
        QueryParameters parameters = QueryParameters.Parse(query);
        if (parameters.Count == 0 && headers.Get(KnownHeader.ContentType).SequenceEqual(FormType))
        {
            query = Encoding.UTF8.GetString(body);
            parameters = QueryParameters.Parse(query.Replace('+', ' '));
        }

        return new AdminRequest(Encoding.ASCII.GetString(headers.Get(KnownHeader.Method)), path, query, parameters);
    }
}
