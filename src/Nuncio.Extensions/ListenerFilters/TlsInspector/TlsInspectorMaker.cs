using System.Text;
using Nuncio.Core.ListenerFilters;

namespace Nuncio.Extensions.ListenerFilters.TlsInspector;

/// <summary>
/// One worker's TLS inspectors: makes them and lends them what is only needed while one looks at bytes, or is the same for many
/// clients.
/// </summary>
/// <remarks>Owner: the worker. Names and protocols seen before are remembered, so that usual clients cost no strings.</remarks>
internal sealed class TlsInspectorMaker(TlsInspectorConfig config, TlsInspectorStats stats) : ListenerFilterMaker
{
    /// <summary>More than the servers of most machines. So many names of usual length are 6 MB; the memory is only taken when they come.</summary>
    private const int RememberedNames = 32768;

    /// <summary>Few clients differ in what they offer.</summary>
    private const int RememberedOffers = 1024;

    private readonly ByteKeyedCache<string> _names = new(RememberedNames);
    private readonly ByteKeyedCache<string[]> _offers = new(RememberedOffers);
    private readonly ByteKeyedCache<string> _fingerprints = new(RememberedOffers);
    private FingerprintWriter? _writer;
    private byte[]? _joined;

    /// <summary>What the user wants.</summary>
    internal TlsInspectorConfig Config => config;

    /// <summary>The counters.</summary>
    internal TlsInspectorStats Stats => stats;

    /// <summary>Where a ClientHello in several records is put together. Only valid until the filter returns.</summary>
    internal byte[] Joined => _joined ??= new byte[config.MaxClientHelloSize];

    private FingerprintWriter Writer => _writer ??= new FingerprintWriter();

    /// <inheritdoc/>
    public override ListenerFilter Create(AcceptedSocket socket) => new TlsInspectorFilter(this);

    /// <summary>The server name in lower case, as Envoy keeps it, so that matching need not think of case.</summary>
    internal string ServerName(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[ClientHello.LongestServerName];
        Ascii.ToLower(name, lower, out int length);
        return Text(_names, lower[..length]);
    }

    /// <summary>The protocols of an ALPN extension; empty when it is not well-formed, which the TLS stack will say.</summary>
    internal string[] Protocols(ReadOnlySpan<byte> extension)
    {
        if (!_offers.TryGet(extension, out string[]? protocols))
        {
            protocols = AlpnList.Parse(extension);
            _offers.Add(extension, protocols);
        }

        return protocols;
    }

    /// <summary>The JA3 fingerprint.</summary>
    internal string Ja3(in ClientHello hello) => Text(_fingerprints, Writer.Ja3(hello));

    /// <summary>The JA4 fingerprint.</summary>
    internal string Ja4(in ClientHello hello) => Text(_fingerprints, Writer.Ja4(hello));

    private static string Text(ByteKeyedCache<string> cache, ReadOnlySpan<byte> bytes)
    {
        if (!cache.TryGet(bytes, out string? text))
        {
            text = Encoding.Latin1.GetString(bytes);
            cache.Add(bytes, text);
        }

        return text;
    }
}
