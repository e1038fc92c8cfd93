using System.Buffers.Binary;
using System.Net;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Dns;

/// <summary>The system's resolver (getaddrinfo), which blocks and therefore runs on the thread pool; answers are posted to the main thread.</summary>
/// <remarks>
/// Owner: main thread. Made at start, lives as long as the process. At most <see cref="MaxConcurrent"/> look-ups block threads at a
/// time, the rest wait in order. Envoy: <c>envoy.network.dns_resolver.getaddrinfo</c>.
/// </remarks>
public sealed class SystemDnsResolver(Dispatcher main) : DnsResolver
{
    /// <summary>Threads that look-ups may block; a slow name server then costs no more than these.</summary>
    private const int MaxConcurrent = 8;

    // The framework's numbers for answers that are an answer: there is no such name, or it has no address.
    private const int HostNotFound = 11001;
    private const int NoData = 11004;

    private readonly Queue<DnsQuery> _waiting = new();
    private int _running;

    /// <inheritdoc/>
    public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks)
    {
        DnsQuery query = new(name, family, callbacks);
        _waiting.Enqueue(query);
        StartNext();
        return query;
    }

    /// <summary>The addresses of a family's answer, in its order of preference.</summary>
    public static List<NetworkAddress> Select(IEnumerable<NetworkAddress> all, DnsLookupFamily family)
    {
        List<NetworkAddress> v4 = [];
        List<NetworkAddress> v6 = [];
        foreach (NetworkAddress address in all)
        {
            (address.Kind == AddressKind.IPv4 ? v4 : v6).Add(address);
        }

        switch (family)
        {
            case DnsLookupFamily.V4Only:
                return v4;
            case DnsLookupFamily.V6Only:
                return v6;
            case DnsLookupFamily.V4Preferred:
                return v4.Count > 0 ? v4 : v6;
            case DnsLookupFamily.All:
                v6.AddRange(v4);
                return v6;
            default:
                return v6.Count > 0 ? v6 : v4;
        }
    }

    private static DnsAnswer Look(string name, DnsLookupFamily family)
    {
        try
        {
            IPAddress[] found = System.Net.Dns.GetHostAddresses(name);
            return new DnsAnswer(true, Select(Convert(found), family));
        }
#pragma warning disable RS0030 // The exception is how the resolver tells "no such name"; no socket is touched.
        catch (System.Net.Sockets.SocketException failure) when ((int)failure.SocketErrorCode is HostNotFound or NoData)
        {
            return new DnsAnswer(true, [], failure.Message);
        }
#pragma warning restore RS0030
        catch (Exception failure)
        {
            return DnsAnswer.Failed(failure.Message);
        }
    }

    private static List<NetworkAddress> Convert(IPAddress[] found)
    {
        List<NetworkAddress> addresses = new(found.Length);
        Span<byte> bytes = stackalloc byte[16];
        foreach (IPAddress address in found)
        {
            address.TryWriteBytes(bytes, out int length);
            addresses.Add(
                length == 4
                    ? NetworkAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), 0)
                    : NetworkAddress.FromIPv6(
                        BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), 0,
                        (uint)address.ScopeId));
        }

        return addresses;
    }

    private void StartNext()
    {
        while (_running < MaxConcurrent && _waiting.TryDequeue(out DnsQuery? query))
        {
            if (query.IsOver)
            {
                continue;
            }

            _running++;
            ThreadPool.UnsafeQueueUserWorkItem(
                static state =>
                {
                    DnsAnswer answer = Look(state.query.Name, state.query.Family);
                    state.self.Post(state.query, answer);
                },
                (self: this, query),
                preferLocal: false);
        }
    }

    private void Post(DnsQuery query, DnsAnswer answer) => main.Post(() =>
    {
        _running--;
        StartNext();
        query.Complete(answer);
    });
}
