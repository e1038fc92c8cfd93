using BenchmarkDotNet.Attributes;
using Nuncio.Base.Buffers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Benchmarks.Buffers;

/// <summary>The life of bytes in a proxy: written to one buffer, moved to another, drained. Per message of the given size.</summary>
public class BufferBenchmarks
{
    private readonly BlockPool _pool = new();
    private byte[] _message = [];
    private Buffer _from = null!;
    private Buffer _to = null!;

    /// <summary>Bytes of a message: a small one, one that a block just holds, one of four blocks.</summary>
    [Params(64, 16 * 1024, 64 * 1024)]
    public int Size { get; set; }

    /// <summary>Two buffers of one worker.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _message = new byte[Size];
        _from = new Buffer(_pool);
        _to = new Buffer(_pool);
    }

    /// <summary>Copied in, then drained: the copy and the pool.</summary>
    [Benchmark(Baseline = true)]
    public void AppendDrain()
    {
        _from.Append(_message);
        _from.Drain(Size);
    }

    /// <summary>With a move between two buffers, which should cost next to nothing more.</summary>
    [Benchmark]
    public void AppendMoveDrain()
    {
        _from.Append(_message);
        _from.MoveTo(_to);
        _to.Drain(Size);
    }

    /// <summary>A read from a socket without the socket: room reserved, all of it filled, drained.</summary>
    [Benchmark]
    public void ReserveCommitDrain()
    {
        Span<IoVector> vectors = stackalloc IoVector[8];
        int count = _from.ReserveVectors(vectors, Size);
        _from.CommitVectors(vectors[..count], Size);
        _from.Drain(Size);
    }
}
