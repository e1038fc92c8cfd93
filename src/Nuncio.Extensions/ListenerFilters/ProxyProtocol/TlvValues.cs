using System.Text;
using System.Text.Json;

namespace Nuncio.Extensions.ListenerFilters.ProxyProtocol;

/// <summary>Values of TLVs by the keys of their rules, as one object of filter state; as text it is a JSON object.</summary>
/// <remarks>Owner: the connection's worker; made by its PROXY protocol filter, read-only afterwards.</remarks>
public sealed class TlvValues
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The value of a key; null when there is none.</summary>
    public string? Find(string key) => _values.GetValueOrDefault(key);

    /// <inheritdoc/>
    public override string ToString()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach ((string key, string value) in _values)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    internal void Set(string key, string value) => _values[key] = value;
}
