using System.Buffers;
using System.Text;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>Values of TLVs as text. Stateless.</summary>
internal static class TlvText
{
    /// <summary>The value as UTF-8; each byte that is not part of any becomes an exclamation mark (Envoy does the same).</summary>
    internal static string Sanitize(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder(value.Length);
        while (!value.IsEmpty)
        {
            bool good = Rune.DecodeFromUtf8(value, out Rune rune, out int length) == OperationStatus.Done;
            if (good)
            {
                text.Append(rune.ToString());
            }
            else
            {
                text.Append('!', length);
            }

            value = value[length..];
        }

        return text.ToString();
    }
}
