namespace Nuncio.Server.Admin;

/// <summary>Names and values of a query string, decoded. Immutable.</summary>
internal sealed class QueryParameters
{
    private readonly List<KeyValuePair<string, string>> _items = [];

    private QueryParameters()
    {
    }

    /// <summary>All parameters in order; a name may come again.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Items => _items;

    /// <summary>Number of parameters.</summary>
    internal int Count => _items.Count;

    /// <summary>Reads a query, without its question mark. Nothing is refused: what is not percent-encoding stays as it is.</summary>
    internal static QueryParameters Parse(string query)
    {
        var parameters = new QueryParameters();
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=');
            string name = equals < 0 ? part : part[..equals];
            string value = equals < 0 ? "" : part[(equals + 1)..];
            parameters._items.Add(new(Uri.UnescapeDataString(name), Uri.UnescapeDataString(value)));
        }

        return parameters;
    }

    /// <summary>Whether the parameter is there, with a value or without.</summary>
    internal bool Has(string name) => _items.Exists(i => i.Key == name);

    /// <summary>The first value of the parameter; null when it is absent or empty.</summary>
    internal string? Value(string name)
    {
        foreach ((string key, string value) in _items)
        {
            if (key == name)
            {
                return value.Length == 0 ? null : value;
            }
        }

        return null;
    }
}
