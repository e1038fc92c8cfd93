using System.Text;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>The content of an ALPN extension (RFC 7301, section 3.1). Stateless.</summary>
internal static class AlpnList
{
    /// <summary>The protocols offered, in order; empty when the list is not well-formed.</summary>
    internal static string[] Parse(ReadOnlySpan<byte> extension)
    {
        ByteReader outer = new(extension);
        ReadOnlySpan<byte> list = outer.Prefixed16();
        int count = outer.Failed || !outer.IsAtEnd ? 0 : Count(list);
        string[] protocols = count == 0 ? [] : new string[count];
        ByteReader names = new(list);
        for (int i = 0; i < protocols.Length; i++)
        {
            protocols[i] = Encoding.Latin1.GetString(names.Prefixed8());
        }

        return protocols;
    }

    private static int Count(ReadOnlySpan<byte> list)
    {
        int count = 0;
        for (ByteReader names = new(list); !names.IsAtEnd; count++)
        {
            if (names.Prefixed8().IsEmpty)
            {
                return 0;
            }
        }

        return count;
    }
}
