using System.Buffers;
using Nuncio.Base.Stats;

namespace Nuncio.Server.Admin;

/// <summary>Statistics, rendered as the client takes them.</summary>
internal sealed class StatsReply(StatsRenderer renderer, string contentType) : AdminReply(200, contentType)
{
    private readonly ArrayBufferWriter<byte> _piece = new();

    /// <inheritdoc/>
    internal override bool Write(Buffer into, int enough)
    {
        bool last = renderer.Write(_piece, enough);
        into.Append(_piece.WrittenSpan);
        _piece.ResetWrittenCount();
        return last;
    }
}
