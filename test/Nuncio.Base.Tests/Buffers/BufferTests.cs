using Nuncio.Base.Buffers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Base.Tests.Buffers;

public sealed class BufferTests
{
    private readonly BlockPool _pool = new();

    [Fact]
    public void Emptied_HoldsNoBlock()
    {
        Buffer buffer = new(_pool);
        buffer.Append(new byte[100_000]);
        Assert.True(_pool.Rented > 0);
        buffer.Drain(100_000);
        Assert.Equal(0, _pool.Rented);
        Assert.True(buffer.FirstSpan.IsEmpty);
    }

    [Fact]
    public void ReservedAndNothingCommitted_HoldsNoBlock()
    {
        Buffer buffer = new(_pool);
        buffer.Reserve(100);
        buffer.Commit(0);
        Assert.Equal(0, _pool.Rented);
        Span<IoVector> vectors = stackalloc IoVector[8];
        vectors = vectors[..buffer.ReserveVectors(vectors, 100_000)];
        Assert.Equal(7, vectors.Length);
        buffer.CommitVectors(vectors, 0);
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void MovedWhole_NoByteIsCopied()
    {
        Buffer from = new(_pool);
        Buffer to = new(_pool);
        from.Append(new byte[40_000]);
        ref readonly byte first = ref from.FirstSpan[0];
        int rented = _pool.Rented;
        from.MoveTo(to);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(in first, in to.FirstSpan[0]));
        Assert.Equal(rented, _pool.Rented);
        Assert.Equal(0, from.Length);
    }

    [Fact]
    public void ManyCrumbsMoved_ShareFewBlocks()
    {
        Buffer from = new(_pool);
        Buffer to = new(_pool);
        for (int i = 0; i < 1000; i++)
        {
            from.Append("0123456789"u8);
            from.MoveTo(to);
        }

        Assert.Equal(10_000, to.Length);
        Assert.InRange(_pool.Rented, 1, 2);
        Span<IoVector> vectors = stackalloc IoVector[64];
        Assert.InRange(to.GetReadVectors(vectors), 1, 2);
    }

    [Fact]
    public void BothPartsOfASplitBlockGrow_NeitherOverwritesTheOther()
    {
        Buffer first = new(_pool);
        Buffer second = new(_pool);
        first.Append(new byte[2000]);
        first.MoveTo(second, 1000);
        second.Append("second"u8);
        first.Append("first"u8);
        Assert.Equal("second"u8.ToArray(), second.ToArray()[1000..]);
        Assert.Equal("first"u8.ToArray(), first.ToArray()[1000..]);
    }

    [Fact]
    public void BlockSharedByTwoBuffers_IsReturnedWithTheLastOfThem()
    {
        Buffer first = new(_pool);
        Buffer second = new(_pool);
        first.Append(new byte[2000]);
        first.MoveTo(second, 1000);
        first.Clear();
        Assert.Equal(1, _pool.Rented);
        second.Clear();
        Assert.Equal(0, _pool.Rented);
    }

    [Fact]
    public void AppendDrainInSteadyState_AllocatesNothing()
    {
        Buffer buffer = new(_pool);
        Buffer other = new(_pool);
        byte[] bytes = new byte[5000];
        Turn();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Turn();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Turn()
        {
            buffer.Append(bytes);
            buffer.MoveTo(other, 3000);
            buffer.MoveTo(other);
            other.Drain(4000);
            other.Clear();
        }
    }
}
