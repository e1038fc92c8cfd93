using Nuncio.Base.Buffers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Base.Tests.Buffers;

public sealed class BlockPoolTests
{
    private readonly BlockPool _pool = new();

    [Fact]
    public void AfterABurst_TrimGivesBackAllButASmallReserve()
    {
        Buffer buffer = new(_pool);
        buffer.Append(new byte[1000 * BlockPool.BlockSize]);
        buffer.Clear();
        Assert.Equal(1000, _pool.Free);
        _pool.Trim(); // The burst was within this interval.
        _pool.Trim();
        Assert.InRange(_pool.Free, 0, 16);
    }

    [Fact]
    public void BlocksInUseNowAndThen_StayThroughTrim()
    {
        Buffer buffer = new(_pool);
        for (int i = 0; i < 5; i++)
        {
            buffer.Append(new byte[100 * BlockPool.BlockSize]);
            buffer.Clear();
            _pool.Trim();
            Assert.Equal(100, _pool.Free);
        }
    }

    [Fact]
    public void LastReturned_IsRentedFirst()
    {
        Buffer buffer = new(_pool);
        buffer.Append("warm"u8);
        ref readonly byte first = ref buffer.FirstSpan[0];
        buffer.Clear();
        buffer.Append("again"u8);
        Assert.True(System.Runtime.CompilerServices.Unsafe.AreSame(in first, in buffer.FirstSpan[0]));
    }
}
