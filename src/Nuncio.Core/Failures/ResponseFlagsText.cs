using System.Numerics;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Failures;

/// <summary>Names of <see cref="ResponseFlags"/>: short as in logs ("UF"), long ("UpstreamConnectionFailure"). Stateless.</summary>
public static class ResponseFlagsText
{
    // In the order of the bits.
    private static readonly string[] s_short =
    [
        "LH", "UH", "UT", "LR", "UR", "UF", "UC", "UO", "NR", "DI", "FI", "RL", "UAEX", "RLSE", "DC", "URX", "SI", "IH", "DPE",
        "UMSDR", "RFCF", "NFCF", "DT", "UPE", "NC", "OM", "DF", "DO", "DR", "UDO",
    ];

    private static readonly byte[][] s_shortBytes = Utf8(s_short);

    private static readonly byte[][] s_longBytes = Utf8(LongNames());

    /// <summary>Appends the short names, joined by commas; <c>-</c> when there are none.</summary>
    public static void Append(ResponseFlags flags, ByteWriter into) => Append(flags, s_shortBytes, into);

    /// <summary>Appends the long names, joined by commas; <c>-</c> when there are none.</summary>
    public static void AppendLong(ResponseFlags flags, ByteWriter into) => Append(flags, s_longBytes, into);

    /// <summary>The flag of a short name.</summary>
    public static bool TryParse(string shortName, out ResponseFlags flag)
    {
        int index = Array.IndexOf(s_short, shortName);
        flag = index < 0 ? ResponseFlags.None : (ResponseFlags)(1u << index);
        return index >= 0;
    }

    /// <summary>All short names, in the order of the bits.</summary>
    public static IReadOnlyList<string> ShortNames => s_short;

    private static void Append(ResponseFlags flags, byte[][] names, ByteWriter into)
    {
        if (flags == ResponseFlags.None)
        {
            into.Append((byte)'-');
            return;
        }

        uint bits = (uint)flags;
        into.Append(names[BitOperations.TrailingZeroCount(bits)]);
        for (bits &= bits - 1; bits != 0; bits &= bits - 1)
        {
            into.Append((byte)',');
            into.Append(names[BitOperations.TrailingZeroCount(bits)]);
        }
    }

    // The enum's members carry Envoy's long names, so they are not written a second time.
    private static string[] LongNames()
    {
        string[] names = new string[s_short.Length];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Enum.GetName((ResponseFlags)(1u << i))!;
        }

        return names;
    }

    private static byte[][] Utf8(string[] names)
    {
        byte[][] bytes = new byte[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            bytes[i] = System.Text.Encoding.ASCII.GetBytes(names[i]);
        }

        return bytes;
    }
}
