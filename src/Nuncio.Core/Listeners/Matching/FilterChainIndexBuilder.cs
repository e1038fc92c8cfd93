using Nuncio.Core.Listeners.Matching.Nodes;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Listeners.Matching;

/// <summary>
/// Makes the tree of a <see cref="FilterChainIndex"/>: at each question the chains are sorted by the answers they want, and each
/// group goes on alone. One use, one thread.
/// </summary>
/// <remarks>
/// Groups of the same chains at the same question share their node, and the number of places in groups is bounded: lists that
/// multiply cannot eat memory.
/// </remarks>
internal sealed class FilterChainIndexBuilder
{
    private const int MaxOverlaps = 100;

    /// <summary>About a hundred times what a hundred thousand chains with a server name each need.</summary>
    private const int MaxPlaces = 20_000_000;

    private readonly IReadOnlyList<FilterChainMatchConfig?> _matches;
    private readonly Dictionary<ChainGroup, FilterChainNode?> _made = [];
    private readonly HashSet<FilterChainOverlap> _overlaps = [];
    private int _places;

    internal FilterChainIndexBuilder(IReadOnlyList<FilterChainMatchConfig?> matches) => _matches = matches;

    /// <summary>Chains that cannot be told apart.</summary>
    internal IReadOnlyCollection<FilterChainOverlap> Overlaps => _overlaps;

    /// <summary>Whether it was given up.</summary>
    internal bool IsTooLarge => _places > MaxPlaces;

    /// <summary>The root; null without chains.</summary>
    internal FilterChainNode? Build()
    {
        var all = new List<int>(_matches.Count);
        for (int i = 0; i < _matches.Count; i++)
        {
            all.Add(i);
        }

        return all.Count == 0 ? null : Node(MatchQuestion.DestinationPort, all);
    }

    private FilterChainMatchConfig Match(int chain) => _matches[chain] ?? FilterChainMatchConfig.Any;

    private FilterChainNode? Node(MatchQuestion question, List<int> chains)
    {
        while (question != MatchQuestion.None && !IsAsked(question, chains))
        {
            question++;
        }

        if (question == MatchQuestion.None)
        {
            for (int i = 1; i < chains.Count; i++)
            {
                AddOverlap(chains[0], chains[i]);
            }

            return new ChainNode(chains[0]);
        }

        var group = new ChainGroup(question, chains);
        if (!_made.TryGetValue(group, out FilterChainNode? node))
        {
            node = Ask(question, chains);
            _made.Add(group, node);
        }

        return node;
    }

    private bool IsAsked(MatchQuestion question, List<int> chains)
    {
        foreach (int chain in chains)
        {
            FilterChainMatchConfig match = Match(chain);
            bool asked = question switch
            {
                MatchQuestion.DestinationPort => match.DestinationPort is not null,
                MatchQuestion.Destination => match.Destinations.Count > 0,
                MatchQuestion.ServerName => match.ServerNames.Count > 0,
                MatchQuestion.TransportProtocol => match.TransportProtocol.Length > 0,
                MatchQuestion.ApplicationProtocol => match.ApplicationProtocols.Count > 0,
                MatchQuestion.DirectSource => match.DirectSources.Count > 0,
                MatchQuestion.SourceType => match.SourceType != FilterChainSourceType.Any,
                MatchQuestion.Source => match.Sources.Count > 0,
                _ => match.SourcePorts.Count > 0,
            };
            if (asked)
            {
                return true;
            }
        }

        return false;
    }

    private FilterChainNode Ask(MatchQuestion question, List<int> chains) => question switch
    {
        MatchQuestion.DestinationPort => Ports(question, chains, static m => m.DestinationPort is { } port ? [port] : []),
        MatchQuestion.Destination => Addresses(question, chains, static m => m.Destinations),
        MatchQuestion.ServerName => ServerNames(chains),
        MatchQuestion.TransportProtocol => TransportProtocols(chains),
        MatchQuestion.ApplicationProtocol => ApplicationProtocols(chains),
        MatchQuestion.DirectSource => Addresses(question, chains, static m => m.DirectSources),
        MatchQuestion.SourceType => SourceTypes(chains),
        MatchQuestion.Source => Addresses(question, chains, static m => m.Sources),
        _ => Ports(question, chains, static m => m.SourcePorts),
    };

    private PortNode Ports(MatchQuestion question, List<int> chains, Func<FilterChainMatchConfig, IReadOnlyList<int>> keys)
    {
        Dictionary<int, List<int>> groups = Sort(chains, keys, out List<int>? others);
        var ports = new Dictionary<int, FilterChainNode?>(groups.Count);
        foreach ((int port, List<int> group) in groups)
        {
            ports.Add(port, Next(question, group));
        }

        return new PortNode(question == MatchQuestion.SourcePort, ports, Next(question, others));
    }

    private AddressNode Addresses(MatchQuestion question, List<int> chains, Func<FilterChainMatchConfig, IReadOnlyList<IpPrefix>> keys)
    {
        Dictionary<IpPrefix, List<int>> groups = Sort(chains, keys, out List<int>? others);
        var prefixes = new List<IpPrefix>(groups.Count);
        var nodes = new List<FilterChainNode?>(groups.Count);
        foreach ((IpPrefix prefix, List<int> group) in groups)
        {
            prefixes.Add(prefix);
            nodes.Add(Next(question, group));
        }

        return new AddressNode(question, new IpPrefixMap(prefixes), [.. nodes], Next(question, others));
    }

    private ServerNameNode ServerNames(List<int> chains)
    {
        // An empty name in the list is the same as no list, and "*.a" is kept as ".a", as in Envoy.
        Dictionary<string, List<int>> groups = Sort(chains, static m => ServerNameKeys(m.ServerNames), out List<int>? others);
        MoveEmpty(groups, ref others);
        var names = new ServerNameMap<FilterChainNode>(groups.Count);
        foreach ((string name, List<int> group) in groups)
        {
            if (Next(MatchQuestion.ServerName, group) is { } node)
            {
                names.Add(name, node);
            }
        }

        return new ServerNameNode(names, Next(MatchQuestion.ServerName, others));
    }

    private TransportProtocolNode TransportProtocols(List<int> chains) => new(
        Protocols(MatchQuestion.TransportProtocol, chains, static m => m.TransportProtocol.Length > 0 ? [m.TransportProtocol] : [], out FilterChainNode? others),
        others);

    private ApplicationProtocolNode ApplicationProtocols(List<int> chains) => new(
        Protocols(MatchQuestion.ApplicationProtocol, chains, static m => m.ApplicationProtocols, out FilterChainNode? others),
        others);

    private ProtocolMap Protocols(
        MatchQuestion question, List<int> chains, Func<FilterChainMatchConfig, IReadOnlyList<string>> keys, out FilterChainNode? others)
    {
        Dictionary<string, List<int>> groups = Sort(chains, keys, out List<int>? rest);
        MoveEmpty(groups, ref rest);
        var nodes = new List<KeyValuePair<string, FilterChainNode?>>(groups.Count);
        foreach ((string text, List<int> group) in groups)
        {
            nodes.Add(new(text, Next(question, group)));
        }

        others = Next(question, rest);
        return new ProtocolMap(nodes);
    }

    private SourceTypeNode SourceTypes(List<int> chains)
    {
        Dictionary<FilterChainSourceType, List<int>> groups = Sort<FilterChainSourceType>(
            chains, static m => m.SourceType == FilterChainSourceType.Any ? [] : [m.SourceType], out List<int>? others);
        return new SourceTypeNode(
            Next(MatchQuestion.SourceType, groups.GetValueOrDefault(FilterChainSourceType.SameIpOrLoopback)),
            Next(MatchQuestion.SourceType, groups.GetValueOrDefault(FilterChainSourceType.External)),
            Next(MatchQuestion.SourceType, others));
    }

    private FilterChainNode? Next(MatchQuestion question, List<int>? chains) => chains is null || IsTooLarge ? null : Node(question + 1, chains);

    /// <summary>The chains by the answers they want, in their order; <paramref name="others"/> want none in particular.</summary>
    private Dictionary<TKey, List<int>> Sort<TKey>(
        List<int> chains, Func<FilterChainMatchConfig, IReadOnlyList<TKey>> keysOf, out List<int>? others)
        where TKey : notnull
    {
        var groups = new Dictionary<TKey, List<int>>();
        others = null;
        foreach (int chain in chains)
        {
            IReadOnlyList<TKey> keys = keysOf(Match(chain));
            if (keys.Count == 0)
            {
                (others ??= []).Add(chain);
                _places++;
            }

            for (int i = 0; i < keys.Count && !IsTooLarge; i++)
            {
                if (!groups.TryGetValue(keys[i], out List<int>? group))
                {
                    groups.Add(keys[i], group = []);
                }

                Add(group, chain);
            }
        }

        return groups;
    }

    /// <summary>Chains are sorted in their order, so one that is in the group already is its last.</summary>
    private void Add(List<int> group, int chain)
    {
        if (group.Count > 0 && group[^1] == chain)
        {
            AddOverlap(chain, chain);
            return;
        }

        group.Add(chain);
        _places++;
    }

    private void MoveEmpty(Dictionary<string, List<int>> groups, ref List<int>? others)
    {
        if (!groups.Remove("", out List<int>? empty))
        {
            return;
        }

        others = others is null ? empty : [.. others, .. empty];
        others.Sort();
    }

    private static string[] ServerNameKeys(IReadOnlyList<string> names)
    {
        string[] keys = new string[names.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = names[i].StartsWith("*.", StringComparison.Ordinal) ? names[i][1..] : names[i];
        }

        return keys;
    }

    private void AddOverlap(int first, int second)
    {
        if (_overlaps.Count < MaxOverlaps)
        {
            _overlaps.Add(new FilterChainOverlap(first, second));
        }
    }

    /// <summary>A question and the chains that are left at it.</summary>
    private readonly record struct ChainGroup(MatchQuestion Question, List<int> Chains)
    {
        public bool Equals(ChainGroup other)
        {
            if (Question != other.Question || Chains.Count != other.Chains.Count)
            {
                return false;
            }

            for (int i = 0; i < Chains.Count; i++)
            {
                if (Chains[i] != other.Chains[i])
                {
                    return false;
                }
            }

            return true;
        }

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(Question);
            foreach (int chain in Chains)
            {
                hash.Add(chain);
            }

            return hash.ToHashCode();
        }
    }
}
