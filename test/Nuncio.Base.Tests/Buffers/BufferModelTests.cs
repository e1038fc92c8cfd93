using Nuncio.Base.Buffers;
using Nuncio.Base.Random;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Base.Tests.Buffers;

/// <summary>
/// Random operations on several buffers of one pool, side by side with plain lists: the bytes must be the same after every one, and
/// the pool must have everything back at the end.
/// </summary>
public sealed class BufferModelTests
{
    private const int BufferCount = 3;

    private readonly BlockPool _pool = new();
    private readonly Buffer[] _buffers = new Buffer[BufferCount];
    private readonly List<byte>[] _models = new List<byte>[BufferCount];
    private RandomSource _random = new(0);
    private byte _nextByte;

    public static TheoryData<ulong, int> Cases
    {
        get
        {
            TheoryData<ulong, int> cases = [];
            for (ulong seed = 1; seed <= 12; seed++)
            {
                cases.Add(seed, seed % 3 == 0 ? 60_000 : seed % 3 == 1 ? 700 : 9_000);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void RandomOperations_AgreeWithLists(ulong seed, int maxSize)
    {
        _random = new RandomSource(seed);
        for (int i = 0; i < BufferCount; i++)
        {
            _buffers[i] = new Buffer(_pool);
            _models[i] = [];
        }

        for (int step = 0; step < 1500; step++)
        {
            int pick = Below(BufferCount);
            int other = (pick + 1 + Below(BufferCount - 1)) % BufferCount;
            Apply(Below(11), pick, other, maxSize);
            Check(pick);
            Check(other);
            if (_models[pick].Count > 400_000)
            {
                _buffers[pick].Clear();
                _models[pick].Clear();
            }

            if (step % 200 == 0)
            {
                _pool.Trim();
            }
        }

        foreach (Buffer buffer in _buffers)
        {
            buffer.Clear();
        }

        Assert.Equal(0, _pool.Rented);
    }

    private void Apply(int operation, int pick, int other, int maxSize)
    {
        Buffer buffer = _buffers[pick];
        List<byte> model = _models[pick];
        switch (operation)
        {
            case 0 or 1:
                byte[] bytes = Bytes(Below(maxSize));
                buffer.Append(bytes);
                model.AddRange(bytes);
                break;
            case 2:
                ReserveAndCommit(buffer, model, maxSize);
                break;
            case 3:
                ReadVectors(buffer, model, maxSize);
                break;
            case 4 or 5:
                int count = Below(3) == 0 ? model.Count : Below(model.Count + 1);
                buffer.Drain(count);
                model.RemoveRange(0, count);
                break;
            case 6:
                buffer.MoveTo(_buffers[other]);
                _models[other].AddRange(model);
                model.Clear();
                break;
            case 7:
                int moved = Below(model.Count + 1);
                buffer.MoveTo(_buffers[other], moved);
                _models[other].AddRange(model.GetRange(0, moved));
                model.RemoveRange(0, moved);
                break;
            case 8:
                buffer.Prepend(_buffers[other]);
                model.InsertRange(0, _models[other]);
                _models[other].Clear();
                break;
            case 9:
                int together = Below(Math.Min(model.Count, BlockPool.BlockSize) + 1);
                Assert.True(buffer.Linearize(together).SequenceEqual(model.GetRange(0, together).ToArray()));
                break;
            default:
                Look(buffer, model);
                break;
        }
    }

    private void ReserveAndCommit(Buffer buffer, List<byte> model, int maxSize)
    {
        int atLeast = 1 + Below(Math.Min(maxSize, BlockPool.BlockSize));
        Span<byte> room = buffer.Reserve(atLeast);
        Assert.True(room.Length >= atLeast);
        byte[] bytes = Bytes(Below(4) == 0 ? 0 : Below(room.Length + 1));
        bytes.CopyTo(room);
        room[bytes.Length..].Fill(0xEE);
        buffer.Commit(bytes.Length);
        model.AddRange(bytes);
    }

    private void ReadVectors(Buffer buffer, List<byte> model, int maxSize)
    {
        Span<IoVector> vectors = stackalloc IoVector[1 + Below(9)];
        vectors = vectors[..buffer.ReserveVectors(vectors, 1 + Below(4 * maxSize))];
        int room = 0;
        foreach (IoVector vector in vectors)
        {
            Assert.True(vector.Length > 0);
            room += vector.Length;
        }

        int count = Below(4) switch
        {
            0 => 0,
            1 => room,
            _ => Below(room + 1),
        };
        byte[] bytes = Bytes(count);
        int at = 0;
        foreach (IoVector vector in vectors)
        {
            int take = Math.Min(vector.Length, count - at);
            bytes.AsSpan(at, take).CopyTo(vector.AsSpan());
            at += take;
        }

        buffer.CommitVectors(vectors, count);
        model.AddRange(bytes);
    }

    private void Look(Buffer buffer, List<byte> model)
    {
        byte wanted = (byte)Below(256);
        int from = Below(model.Count + 1);
        Assert.Equal(model.IndexOf(wanted, from), buffer.IndexOf(wanted, from));

        byte[] copy = new byte[Below(300)];
        int copied = buffer.CopyTo(from, copy);
        Assert.Equal(Math.Min(copy.Length, model.Count - from), copied);
        Assert.Equal(model.GetRange(from, copied), copy[..copied]);

        Span<IoVector> vectors = stackalloc IoVector[64];
        int at = 0;
        foreach (IoVector vector in vectors[..buffer.GetReadVectors(vectors)])
        {
            Assert.True(vector.AsSpan().SequenceEqual(model.GetRange(at, vector.Length).ToArray()));
            at += vector.Length;
        }
    }

    private void Check(int pick)
    {
        Buffer buffer = _buffers[pick];
        List<byte> model = _models[pick];
        Assert.Equal(model.Count, buffer.Length);
        Assert.Equal(model.Count == 0, buffer.IsEmpty);
        Assert.Equal(model.Count == 0, buffer.FirstSpan.IsEmpty);
        Assert.True(buffer.ToArray().AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(model)));
    }

    private int Below(int max) => (int)_random.Next((uint)max);

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            bytes[i] = _nextByte;
            _nextByte = (byte)(_nextByte * 5 + 3 + i);
        }

        return bytes;
    }
}
