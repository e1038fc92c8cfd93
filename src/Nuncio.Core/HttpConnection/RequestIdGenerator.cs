using Nuncio.Base.Random;

namespace Nuncio.Core.HttpConnection;

/// <summary>
/// Makes request ids: random UUIDs of version 4 (RFC 9562) as text. The version nibble doubles as Envoy's trace decision, where
/// 4 is "not traced". Owner: one worker.
/// </summary>
internal sealed class RequestIdGenerator(RandomSource random)
{
    /// <summary>Length of the text.</summary>
    internal const int Length = 36;

    internal void Write(Span<byte> into)
    {
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        ulong high = random.NextUInt64();
        ulong low = random.NextUInt64();
        high = (high & ~0xF000UL) | 0x4000UL;
        low = (low & ~(0xC000UL << 48)) | (0x8000UL << 48);
        int at = 0;
        for (int i = 15; i >= 0; i--)
        {
            into[at++] = digits[(int)(high >> (i * 4)) & 15];
            if (i is 8 or 4)
            {
                into[at++] = (byte)'-';
            }
        }

        into[at++] = (byte)'-';
        for (int i = 15; i >= 0; i--)
        {
            into[at++] = digits[(int)(low >> (i * 4)) & 15];
            if (i == 12)
            {
                into[at++] = (byte)'-';
            }
        }
    }
}
