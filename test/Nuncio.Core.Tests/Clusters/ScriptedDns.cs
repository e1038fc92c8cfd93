using Nuncio.Core.Dns;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Clusters;

/// <summary>A resolver that answers when the test says so.</summary>
internal sealed class ScriptedDns : DnsResolver
{
    private readonly List<DnsQuery> _waiting = [];

    /// <summary>Queries asked so far.</summary>
    public int Asked { get; private set; }

    /// <summary>Queries that wait for an answer.</summary>
    public int Waiting => _waiting.Count(static query => !query.IsOver);

    public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks)
    {
        Asked++;
        DnsQuery query = new(name, family, callbacks);
        _waiting.Add(query);
        return query;
    }

    /// <summary>Answers the oldest query for a name.</summary>
    public void Answer(string name, params string[] addresses) =>
        Take(name).Complete(new DnsAnswer(true, [.. addresses.Select(static text => Parse(text))]));

    /// <summary>Fails the oldest query for a name.</summary>
    public void Fail(string name) => Take(name).Complete(DnsAnswer.Failed("scripted"));

    private static NetworkAddress Parse(string text) =>
        NetworkAddress.TryParseIp(text, 0, out NetworkAddress? address) ? address! : throw new FormatException(text);

    private DnsQuery Take(string name)
    {
        DnsQuery query = _waiting.First(query => query.Name == name && !query.IsOver);
        _waiting.Remove(query);
        return query;
    }
}
