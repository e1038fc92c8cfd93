using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Formatting;
using Nuncio.Core.Routing;

namespace Nuncio.Core.HttpConnection;

/// <summary>How local replies are rewritten: <c>local_reply_config</c>. Immutable; any thread.</summary>
/// <param name="Mappers">The first whose filter matches applies.</param>
/// <param name="BodyFormat">Format of the body when no mapper has one of its own; null sends the text as it is.</param>
public sealed record LocalReplyConfig(IReadOnlyList<LocalReplyMapper> Mappers, SubstitutionFormatter? BodyFormat)
{
    /// <summary>No rewriting.</summary>
    public static readonly LocalReplyConfig Default = new([], null);
}

/// <summary>One rule of rewriting, <c>ResponseMapper</c>.</summary>
/// <param name="Filter">Which replies it is for.</param>
/// <param name="StatusCode">New status; 0 keeps it.</param>
/// <param name="Body">New body text; null keeps it.</param>
/// <param name="BodyFormat">Format of the body; null takes the common one.</param>
/// <param name="Headers">Headers to add.</param>
public sealed record LocalReplyMapper(
    IAccessLogFilter Filter, int StatusCode, byte[]? Body, SubstitutionFormatter? BodyFormat, HeaderMutations? Headers);
