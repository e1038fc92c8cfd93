using System.Text;

namespace Nuncio.Server.Admin;

/// <summary>An answer of the admin server, written in pieces as fast as the client takes them. Made per request; main thread.</summary>
internal abstract class AdminReply(int status, string contentType)
{
    internal const string PlainText = "text/plain; charset=UTF-8";
    internal const string Json = "application/json";
    internal const string Html = "text/html; charset=UTF-8";

    /// <summary>HTTP status.</summary>
    internal int Status => status;

    /// <summary>Value of <c>content-type</c>.</summary>
    internal string ContentType => contentType;

    /// <summary>The answer of handlers that only do something.</summary>
    internal static AdminReply Ok() => new TextReply(200, "OK\n");

    /// <summary>A text with status 200.</summary>
    internal static AdminReply Text(string text, string contentType = PlainText) => new TextReply(200, text, contentType);

    /// <summary>A text with another status.</summary>
    internal static AdminReply Error(int status, string text, string contentType = PlainText) => new TextReply(status, text, contentType);

    /// <summary>Appends the next piece of the body, about <paramref name="enough"/> bytes; true when it was the last.</summary>
    internal abstract bool Write(Buffer into, int enough);

    /// <summary>A body that is known whole.</summary>
    private sealed class TextReply(int status, string text, string contentType = PlainText) : AdminReply(status, contentType)
    {
        /// <inheritdoc/>
        internal override bool Write(Buffer into, int enough)
        {
            into.Append(Encoding.UTF8.GetBytes(text));
            return true;
        }
    }
}
