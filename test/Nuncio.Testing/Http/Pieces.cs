using System.Text;
using Nuncio.Base.Buffers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Testing.Http;

/// <summary>How pieces come to lie in the input.</summary>
public enum Arrival
{
    /// <summary>Each piece is looked at before the next comes and continues the memory of the one before, as from a socket.</summary>
    Grown,

    /// <summary>Each piece is looked at before the next comes and lies in a slice of its own.</summary>
    Linked,

    /// <summary>All pieces are there before the first is looked at, each in a slice of its own.</summary>
    AtOnce,
}

/// <summary>One way to cut a stream of bytes into the pieces in which it arrives.</summary>
/// <param name="Bytes">All bytes.</param>
/// <param name="Cuts">Offsets at which a new piece begins, ascending.</param>
/// <param name="Arrival">How the pieces come to lie.</param>
public sealed record Pieces(byte[] Bytes, int[] Cuts, Arrival Arrival)
{
    /// <summary>Uncut.</summary>
    public static Pieces Whole(byte[] bytes) => new(bytes, [], Arrival.Grown);

    /// <summary>Uncut, from text whose characters are bytes.</summary>
    public static Pieces Whole(string text) => Whole(Encoding.Latin1.GetBytes(text));

    /// <summary>Every way that a codec test tries: uncut, cut at every point, byte by byte; each looked at in turn and at once.</summary>
    public static IEnumerable<Pieces> EveryWay(byte[] bytes)
    {
        yield return Whole(bytes);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            yield return new Pieces(bytes, [cut], Arrival.Grown);
            yield return new Pieces(bytes, [cut], Arrival.Linked);
            yield return new Pieces(bytes, [cut], Arrival.AtOnce);
        }

        int[] all = [.. Enumerable.Range(1, Math.Max(0, bytes.Length - 1))];
        yield return new Pieces(bytes, all, Arrival.Grown);
        yield return new Pieces(bytes, all, Arrival.Linked);
        yield return new Pieces(bytes, all, Arrival.AtOnce);
    }

    /// <summary>As <see cref="EveryWay"/>, for inputs too long to cut at every point: cut at random points, from a seed.</summary>
    public static IEnumerable<Pieces> SomeWays(byte[] bytes, int count, int seed)
    {
        Random random = new(seed);
        yield return Whole(bytes);
        for (int i = 0; i < count; i++)
        {
            int[] cuts = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => random.Next(1, Math.Max(2, bytes.Length))).Distinct().Order()];
            yield return new Pieces(bytes, [.. cuts.Where(c => c < bytes.Length)], (Arrival)random.Next(3));
        }
    }

    /// <summary>Gives the pieces to a receiver, by way of a buffer that it drains.</summary>
    public void Feed(Buffer input, Action dispatch)
    {
        Buffer all = new(input.Pool);
        all.Append(Bytes);
        int from = 0;
        foreach (int cut in Cuts.Append(Bytes.Length))
        {
            if (Arrival == Arrival.Grown)
            {
                input.Append(Bytes.AsSpan(from, cut - from));
            }
            else
            {
                all.MoveTo(input, cut - from);
            }

            from = cut;
            if (Arrival != Arrival.AtOnce)
            {
                dispatch();
            }
        }

        all.Clear();
        if (Arrival == Arrival.AtOnce)
        {
            dispatch();
        }
    }

    /// <summary>For messages: where the cuts are.</summary>
    public override string ToString() =>
        Cuts.Length == 0 ? "uncut" : $"cut at {string.Join(',', Cuts.Take(8))}{(Cuts.Length > 8 ? ",..." : "")} {Arrival}";
}
