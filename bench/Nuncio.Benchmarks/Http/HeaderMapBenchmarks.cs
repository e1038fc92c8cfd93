using BenchmarkDotNet.Attributes;
using Nuncio.Http.Headers;

namespace Nuncio.Benchmarks.Http;

/// <summary>
/// The header map, with the ten headers of a browser's request in it. Adding is measured together with removing, and filling
/// together with clearing. Values live in an arena that only the map's return empties, so changes are made to a fresh map, as
/// many as cost more than filling it.
/// </summary>
public class HeaderMapBenchmarks
{
    private const int Changes = 64;

    private readonly HeaderMapPool _pool = new();
    private HeaderMap _map = null!;

    /// <summary>A map as the codec gives it.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _map = _pool.Rent();
        Fill(_map);
    }

    /// <summary>Ten headers, of which eight are known: rented, filled, returned.</summary>
    [Benchmark(Baseline = true)]
    public void RentFillReturn()
    {
        HeaderMap map = _pool.Rent();
        Fill(map);
        _pool.Return(map);
    }

    /// <summary>A header of the known set that is there.</summary>
    [Benchmark]
    public int GetKnown() => _map.Get(KnownHeader.UserAgent).Length;

    /// <summary>A header of the known set that is not there.</summary>
    [Benchmark]
    public bool HasKnownMissing() => _map.Has(KnownHeader.Authorization);

    /// <summary>A header found by its text.</summary>
    [Benchmark]
    public int GetByName() => _map.TryGet("x-tenant"u8, out ReadOnlySpan<byte> value) ? value.Length : -1;

    /// <summary>A header that nobody sent, looked for by its text.</summary>
    [Benchmark]
    public bool HasNameMissing() => _map.Has("x-absent-one"u8);

    /// <summary>A value replaced by one of the same length.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public void SetKnown()
    {
        HeaderMap map = Filled();
        for (int i = 0; i < Changes; i++)
        {
            map.Set(KnownHeader.UserAgent, "Mozilla/5.0 (X11; Linux x86_64)"u8);
        }

        _pool.Return(map);
    }

    /// <summary>A header added behind the others and taken out again.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public void AddRemoveKnown()
    {
        HeaderMap map = Filled();
        for (int i = 0; i < Changes; i++)
        {
            map.Add(KnownHeader.XRequestId, "0f5a1b2c-3d4e-5f60-7182-93a4b5c6d7e8"u8);
            map.Remove(KnownHeader.XRequestId);
        }

        _pool.Return(map);
    }

    /// <summary>The same with a name that is not of the known set.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public void AddRemoveByName()
    {
        HeaderMap map = Filled();
        for (int i = 0; i < Changes; i++)
        {
            map.Add("x-own-header"u8, "value"u8);
            map.Remove("x-own-header"u8);
        }

        _pool.Return(map);
    }

    /// <summary>All headers walked, as the encoder does.</summary>
    [Benchmark]
    public int Enumerate()
    {
        int bytes = 0;
        foreach (HeaderField field in _map)
        {
            bytes += field.Value.Length;
        }

        return bytes;
    }

    private HeaderMap Filled()
    {
        HeaderMap map = _pool.Rent();
        Fill(map);
        return map;
    }

    private static void Fill(HeaderMap map)
    {
        map.Add(KnownHeader.Method, "GET"u8);
        map.Add(KnownHeader.Path, "/path/to/resource?query=value"u8);
        map.Add(KnownHeader.Authority, "www.example.com"u8);
        map.Add(KnownHeader.UserAgent, "Mozilla/5.0 (X11; Linux x86_64)"u8);
        map.Add(KnownHeader.Accept, "text/html,application/xhtml+xml"u8);
        map.Add(KnownHeader.AcceptEncoding, "gzip, deflate, br"u8);
        map.Add(KnownHeader.Cookie, "session=0123456789abcdef0123456789abcdef"u8);
        map.Add(KnownHeader.XForwardedProto, "http"u8);
        map.Add("x-tenant"u8, "blue"u8);
        map.Add("sec-ch-ua-platform"u8, "\"Linux\""u8);
    }
}
