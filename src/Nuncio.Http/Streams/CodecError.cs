namespace Nuncio.Http.Streams;

/// <summary>Why a codec refused bytes: what to answer and what to write down.</summary>
/// <param name="Status">HTTP status of the answer a server gives: 400, 403, 414, 426, 431 or 501.</param>
/// <param name="Details">Response code details, such as <c>http1.codec_error</c>. A constant.</param>
/// <param name="Reason">Plain words for the log and for explanations: which rule was broken. A constant.</param>
public readonly record struct CodecError(int Status, string Details, string Reason);
