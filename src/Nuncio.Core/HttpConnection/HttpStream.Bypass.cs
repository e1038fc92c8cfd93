using Nuncio.Http.Streams;
using Nuncio.IO.Network;

namespace Nuncio.Core.HttpConnection;

/// <content>Large response bodies that nobody looks at go from connection to connection inside the kernel (splice).</content>
internal sealed partial class HttpStream : ISpliceObserver
{
    /// <summary>Below this a copy through our buffers costs less than the system calls of a splice.</summary>
    private const int SmallestBypass = 128 * 1024;

    /// <summary>Bytes left to the codecs, so that they see the end of the message as always.</summary>
    private const int LeftToCodec = 1024;

    private IBodyBypass? _bypassSource;
    private IBodyBypass? _bypassTarget;

    internal void TryBypassResponse(Connection source, IBodyBypass body)
    {
        long left = body.RawBodyLeft;
        if (left < SmallestBypass || _ended || !Chain.LetsResponseBodyBypass || _encoder!.Stream is not IBodyBypass target || target.RawBodyLeft != left)
        {
            return;
        }

        if (source.TrySplice(Connection, left - LeftToCodec, this))
        {
            Stats.RsBodyBypassed.Inc();
            _bypassSource = body;
            _bypassTarget = target;
        }
    }

    /// <inheritdoc/>
    public void OnSpliced(int bytes)
    {
        if (_ended)
        {
            return;
        }

        _bypassSource!.SkipBody(bytes);
        _bypassTarget!.SkipBody(bytes);
        Info.BytesSent += (ulong)bytes;
        _timers.OnActivity();
    }
}
