using System.Buffers;
using System.Net;
using System.Text;
using Nuncio.Base.Stats;

namespace Nuncio.Server.Admin;

/// <summary>The text of the statistics inside a page (<c>format=html</c>), which may reload itself (<c>format=active-html</c>).</summary>
internal sealed class StatsPageReply(StatsRenderer renderer, bool reloads) : AdminReply(200, Html)
{
    private const string Reload = "<meta http-equiv=\"refresh\" content=\"5\">";

    private readonly ArrayBufferWriter<byte> _piece = new();
    private bool _begun;

    /// <inheritdoc/>
    internal override bool Write(Buffer into, int enough)
    {
        if (!_begun)
        {
            _begun = true;
            into.Append(Encoding.UTF8.GetBytes($"<!doctype html>\n<html><head><title>stats</title>{(reloads ? Reload : "")}</head><body><pre>\n"));
        }

        bool last = renderer.Write(_piece, enough);
        into.Append(Encoding.UTF8.GetBytes(WebUtility.HtmlEncode(Encoding.UTF8.GetString(_piece.WrittenSpan))));
        _piece.ResetWrittenCount();
        if (last)
        {
            into.Append("</pre></body></html>\n"u8);
        }

        return last;
    }
}
