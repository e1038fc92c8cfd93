namespace Nuncio.Core.Listeners.Matching.Nodes;

/// <summary>
/// Nodes by the name of a protocol. There may be one map for each of a hundred thousand server names, and nearly all hold one or two
/// protocols, so a few stand in a plain list. Immutable; any thread.
/// </summary>
internal sealed class ProtocolMap
{
    private const int MostListed = 8;

    private readonly KeyValuePair<string, FilterChainNode?>[] _list = [];
    private readonly Dictionary<string, FilterChainNode?>? _map;

    internal ProtocolMap(List<KeyValuePair<string, FilterChainNode?>> nodes)
    {
        if (nodes.Count <= MostListed)
        {
            _list = [.. nodes];
        }
        else
        {
            _map = new Dictionary<string, FilterChainNode?>(nodes, StringComparer.Ordinal);
        }
    }

    /// <summary>The node of a protocol; false when no chain names it.</summary>
    internal bool TryFind(string protocol, out FilterChainNode? node)
    {
        if (_map is not null)
        {
            return _map.TryGetValue(protocol, out node);
        }

        foreach ((string name, FilterChainNode? listed) in _list)
        {
            if (string.Equals(name, protocol, StringComparison.Ordinal))
            {
                node = listed;
                return true;
            }
        }

        node = null;
        return false;
    }
}
