namespace Nuncio.Http.Headers;

/// <summary>What may be a header name: a token of RFC 9110 section 5.6.2, or such with a colon before it (pseudo headers).</summary>
public static class HeaderName
{
    /// <summary>Names up to this length are lower-cased on the stack.</summary>
    internal const int StackLimit = 128;

    /// <summary>For each byte its lower-case form if it may stand in a token, else 0.</summary>
    private static readonly byte[] s_lower = BuildLower();

    internal static ReadOnlySpan<byte> LowerTable => s_lower;

    /// <summary>Whether a byte may stand in a token.</summary>
    public static bool IsTokenByte(byte value) => s_lower[value] != 0;

    /// <summary>Whether this is a token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text)
    {
        foreach (byte b in text)
        {
            if (s_lower[b] == 0)
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }

    /// <summary>Copies a name in lower case; false when it is not a name.</summary>
    public static bool TryLower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        int start = !name.IsEmpty && name[0] == (byte)':' ? 1 : 0;
        if (name.Length == start)
        {
            return false;
        }

        if (start == 1)
        {
            lower[0] = (byte)':';
        }

        for (int i = start; i < name.Length; i++)
        {
            byte b = s_lower[name[i]];
            if (b == 0)
            {
                return false;
            }

            lower[i] = b;
        }

        return true;
    }

    private static byte[] BuildLower()
    {
        byte[] table = new byte[256];
        foreach (byte b in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8)
        {
            table[b] = b;
        }

        foreach (byte b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"u8)
        {
            table[b] = (byte)(b | 0x20);
        }

        return table;
    }
}
