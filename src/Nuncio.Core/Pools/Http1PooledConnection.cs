using Nuncio.Http.Http1;
using Nuncio.Http.Streams;
using Nuncio.IO.Network;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Core.Pools;

/// <summary>A pooled HTTP/1.1 connection: one stream at a time. Owner: the pool's worker. RFC 9112, section 9.3.</summary>
internal sealed class Http1PooledConnection(HttpConnectionPool pool) : PooledHttpConnection(pool), IStreamEvents
{
    private IRequestEncoder? _encoder;
    private IStreamEvents? _events;
    private bool _wasReset;

    /// <inheritdoc/>
    public override bool IsReusable => Codec!.IsReusable && Connection.ReadBufferLength == 0;

    /// <inheritdoc/>
    public override int StreamLimit => 1;

    /// <inheritdoc/>
    public override HttpProtocol Protocol => HttpProtocol.Http11;

    /// <inheritdoc/>
    public override IRequestEncoder NewStream(IResponseDecoder decoder) => _encoder = base.NewStream(decoder);

    void IStreamEvents.OnStreamReset(StreamResetReason reason, string? detail)
    {
        _wasReset = true;
        _events?.OnStreamReset(reason, detail);
    }

    void IStreamEvents.OnAboveWriteBufferHighWatermark()
    {
    }

    void IStreamEvents.OnBelowWriteBufferLowWatermark()
    {
    }

    /// <inheritdoc/>
    protected override IClientCodec CreateCodec(Connection connection) => new Http1ClientCodec(
        connection.WriteBuffer,
        this,
        Pool.Cluster.Worker.Headers,
        Pool.Cluster.Info.Config.Http.Http1,
        Pool.Cluster.Http1Stats,
        Pool.Cluster.Info.PerConnectionBufferLimit);

    /// <inheritdoc/>
    protected override bool AcceptsIdleData(Buffer data)
    {
        // A server that tires of an idle connection may say 408 before it closes it: no fault of anybody.
        if (!IsTimeoutAnswer(data))
        {
            Pool.Stats.CxProtocolError.Inc();
        }

        return false;
    }

    /// <inheritdoc/>
    protected override bool CutStreams(bool isRemote)
    {
        IStreamControl stream = _encoder!.Stream;
        _events = stream.Events;
        if (isRemote)
        {
            // The peer's end may be the end of a body; listening in between tells whether it was.
            stream.Events = this;
            Codec!.OnPeerClosed();
        }
        else
        {
            // Our own end never completes a body.
            _wasReset = true;
            stream.Events = null;
            stream.Reset(StreamResetReason.ConnectionTermination);
            _events?.OnStreamReset(StreamResetReason.ConnectionTermination, null);
        }

        _events = null;
        return _wasReset;
    }

    private static bool IsTimeoutAnswer(Buffer data)
    {
        Span<byte> start = stackalloc byte[12];
        return data.CopyTo(0, start) == start.Length && start.StartsWith("HTTP/1."u8) && start.EndsWith(" 408"u8);
    }
}
