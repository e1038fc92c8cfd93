using System.Text;
using Nuncio.Core.ListenerFilters;
using Nuncio.Extensions.ListenerFilters.HttpInspector;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Extensions.Tests.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters;

/// <summary>Good and bad first bytes changed at random, from a fixed seed: nothing throws, nothing depends on the cuts.</summary>
public sealed class ListenerFilterMutationTests
{
    private static readonly byte[][] s_corpus =
    [
        new ClientHelloBuilder().WithServerName("a.example").WithAlpn("h2", "http/1.1").WithVersions(0x0304).WithGroups(29).Records(),
        new ClientHelloBuilder { SessionId = [] }.WithServerName("a.example").WithSignatures(0x0403).WithPointFormats(0).Records(7),
        ProxyHeaderBuilder.IPv4().WithTlv(1, [.. "h2"u8]).WithChecksum([4, 0, 1, 0]).Bytes(),
        ProxyHeaderBuilder.IPv6().WithTlv(2, [.. "a.example"u8]).Bytes(),
        new ProxyHeaderBuilder { VersionAndCommand = 0x20 }.With(1, 2, 3).Bytes(),
        Encoding.ASCII.GetBytes("PROXY TCP4 203.0.113.9 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n"),
        Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::9 2001:db8::1 56324 443\r\n"),
        Encoding.ASCII.GetBytes("PROXY UNKNOWN and more\r\n"),
        Encoding.ASCII.GetBytes("GET http://a.example/b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ];

    private static readonly bool[] s_allTypes = [.. Enumerable.Repeat(true, 256)];

    public static TheoryData<string, ListenerFilterProvider> Filters => new()
    {
        { "tls", new TlsInspectorProvider(new TlsInspectorConfig(EnableJa3: true, EnableJa4: true)) },
        { "tls small", new TlsInspectorProvider(new TlsInspectorConfig(256)) },
        { "http", new HttpInspectorProvider() },
        { "proxy", new ProxyProtocolProvider(new ProxyProtocolConfig { PassThrough = s_allTypes }) },
        { "proxy lenient", new ProxyProtocolProvider(new ProxyProtocolConfig { AllowWithout = true, AllowV1 = false, PassThrough = s_allTypes }) },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void MutatedInput_KeepsEveryInvariant(string what, ListenerFilterProvider provider)
    {
        using ListenerFilterLab lab = new(provider);
        Random random = new(7);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] input = ListenerFilterFuzz.Mutate(s_corpus[random.Next(s_corpus.Length)], s_corpus, random);
            try
            {
                ListenerFilterFuzz.Check(lab, input, i);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{what}, round {i}, input {Convert.ToBase64String(input)}", e);
            }
        }
    }
}
