using BenchmarkDotNet.Attributes;
using Nuncio.Core.Listeners.Matching;

namespace Nuncio.Benchmarks.Listeners;

/// <summary>Compiling the matches of many chains: time, and what is allocated on the way.</summary>
public class FilterChainBuildBenchmarks
{
    private FilterChainMatchConfig[] _matches = [];

    /// <summary>Number of chains.</summary>
    [Params(10_000, 100_000)]
    public int Chains { get; set; }

    /// <summary>The matches.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _matches = new FilterChainMatchConfig[Chains];
        for (int i = 0; i < Chains; i++)
        {
            _matches[i] = new FilterChainMatchConfig { ServerNames = [$"service{i}.apps.example.com"], TransportProtocol = "tls" };
        }
    }

    /// <summary>A server name and a transport protocol for each chain.</summary>
    [Benchmark]
    public FilterChainIndex? Names() => FilterChainIndex.Build(_matches);
}
