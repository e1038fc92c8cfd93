using System.Diagnostics;
using Nuncio.Http.Streams;

namespace Nuncio.Http.Http1;

/// <summary>Which rule of HTTP/1 a peer's bytes broke.</summary>
internal enum Http1Error : byte
{
    None,
    BadFirstByte,
    BareLineFeed,
    BadMethod,
    BadRequestLine,
    BadTarget,
    BadTargetForm,
    BadVersion,
    LowVersion,
    InvalidUrl,
    InvalidScheme,
    HttpsOnPlaintext,
    ObsoleteFold,
    BadHeaderName,
    InvalidCharacters,
    HeadersTooLarge,
    TooManyHeaders,
    Underscore,
    DuplicateHost,
    InvalidAuthority,
    BadContentLength,
    DuplicateContentLength,
    ContentLengthAndChunked,
    BadTransferEncoding,
    OldTransferEncoding,
    BodyDisallowed,
    BadConnection,
    BadChunkSize,
    BadChunkExtension,
    BadChunkEnd,
    BadStatusLine,
    TransferEncodingNotAllowed,
    ContentLengthNotAllowed,
    UnexpectedUpgrade,
    TooManyInformational,
    PrematureResponse,
}

/// <summary>
/// What is answered and written down for each <see cref="Http1Error"/>. Status and details are Envoy's; a client codec uses the
/// details only. Stateless; any thread.
/// </summary>
internal static class Http1Errors
{
    internal const string CodecErrorDetails = "http1.codec_error";

    internal static CodecError Describe(Http1Error error) => error switch
    {
        Http1Error.BadFirstByte => new(400, CodecErrorDetails, "the first byte cannot begin an HTTP message"),
        Http1Error.BareLineFeed => new(400, CodecErrorDetails, "a line ends with LF instead of CRLF"),
        Http1Error.BadMethod => new(400, CodecErrorDetails, "the method is unknown or not a token"),
        Http1Error.BadRequestLine => new(
            400, CodecErrorDetails, "the request line is not method, target and version with one blank between"),
        Http1Error.BadTarget => new(
            400, CodecErrorDetails, "the request target is empty or contains a blank, a control character or a byte above 0x7e"),
        Http1Error.BadTargetForm => new(400, CodecErrorDetails, "the request target is neither a path nor an absolute URL"),
        Http1Error.BadVersion => new(400, CodecErrorDetails, "the version is not HTTP/digit.digit"),
        Http1Error.LowVersion => new(426, "low_version", "the version is not one that is served"),
        Http1Error.InvalidUrl => new(
            400, "http1.invalid_url", "the absolute or authority form of the request target is not valid"),
        Http1Error.InvalidScheme => new(
            400, "http1.invalid_scheme", "the scheme of the request target is neither http nor https"),
        Http1Error.HttpsOnPlaintext => new(
            403, "http1.https_url_on_plaintext_connection", "an https target came over a connection without TLS"),
        Http1Error.ObsoleteFold => new(400, CodecErrorDetails, "a header line begins with a blank (obsolete line folding)"),
        Http1Error.BadHeaderName => new(400, CodecErrorDetails, "a header name is empty, not a token or not followed by a colon"),
        Http1Error.InvalidCharacters => new(400, "http1.invalid_characters", "a header value contains a control character"),
        Http1Error.HeadersTooLarge => new(
            431, "http1.headers_too_large", "the request line and headers, or the trailers, exceed the size limit"),
        Http1Error.TooManyHeaders => new(431, "http1.too_many_headers", "there are more headers than the limit"),
        Http1Error.Underscore => new(400, "http1.unexpected_underscore", "a header name contains an underscore"),
        Http1Error.DuplicateHost => new(400, CodecErrorDetails, "there is more than one Host header"),
        Http1Error.InvalidAuthority => new(400, "http.invalid_authority", "the Host header is not a host with an optional port"),
        Http1Error.BadContentLength => new(400, CodecErrorDetails, "the content-length is not a number"),
        Http1Error.DuplicateContentLength => new(400, CodecErrorDetails, "there is more than one content-length"),
        Http1Error.ContentLengthAndChunked => new(
            400, "http1.content_length_and_chunked_not_allowed", "there is a content-length as well as a transfer-encoding"),
        Http1Error.BadTransferEncoding => new(
            501, "http1.invalid_transfer_encoding", "the transfer-encoding is not exactly one chunked"),
        Http1Error.OldTransferEncoding => new(
            400, "http1.invalid_transfer_encoding", "an HTTP/1.0 message has a transfer-encoding"),
        Http1Error.BodyDisallowed => new(400, "http1.body_disallowed", "a CONNECT or upgrade request announces a body"),
        Http1Error.BadConnection => new(
            400, "http1.connection_header_rejected", "the Connection header names what it must not, or too much"),
        Http1Error.BadChunkSize => new(400, CodecErrorDetails, "a chunk size is not a hexadecimal number, or too large"),
        Http1Error.BadChunkExtension => new(400, CodecErrorDetails, "a chunk extension is malformed or too long"),
        Http1Error.BadChunkEnd => new(400, CodecErrorDetails, "chunk data is not followed by CRLF"),
        Http1Error.BadStatusLine => new(
            502, CodecErrorDetails, "the status line is not HTTP/1.x, a three-digit status and an optional reason"),
        Http1Error.TransferEncodingNotAllowed => new(
            502, "http1.transfer_encoding_not_allowed", "a 1xx or 204 response has a transfer-encoding"),
        Http1Error.ContentLengthNotAllowed => new(
            502, "http1.content_length_not_allowed", "a 1xx or 204 response has a content-length"),
        Http1Error.UnexpectedUpgrade => new(502, CodecErrorDetails, "a 101 response came without an upgrade request"),
        Http1Error.TooManyInformational => new(502, CodecErrorDetails, "there are more informational responses than the limit"),
        Http1Error.PrematureResponse => new(502, CodecErrorDetails, "response bytes came before the request was sent"),
        _ => throw new UnreachableException(),
    };
}
