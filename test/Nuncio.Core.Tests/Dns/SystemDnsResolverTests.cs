using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.Core.Dns;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Dns;

/// <summary>Names that the system answers by itself: nothing here asks a name server.</summary>
public sealed class SystemDnsResolverTests : IDisposable
{
    private readonly EpollPoller _poller = new();
    private readonly Dispatcher _main;
    private readonly SystemDnsResolver _resolver;

    public SystemDnsResolverTests()
    {
        _main = new Dispatcher("main", 0, _poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        _resolver = new SystemDnsResolver(_main);
    }

    public void Dispose() => _poller.Dispose();

    [Theory]
    [InlineData("127.0.0.9", DnsLookupFamily.Auto, "127.0.0.9")]
    [InlineData("127.0.0.9", DnsLookupFamily.V4Only, "127.0.0.9")]
    [InlineData("127.0.0.9", DnsLookupFamily.All, "127.0.0.9")]
    [InlineData("127.0.0.9", DnsLookupFamily.V6Only, "")]
    [InlineData("::1", DnsLookupFamily.Auto, "::1")]
    [InlineData("::1", DnsLookupFamily.V4Preferred, "::1")]
    [InlineData("::1", DnsLookupFamily.V4Only, "")]
    public void Literal_IsItself(string name, DnsLookupFamily family, string expected)
    {
        DnsAnswer answer = Resolve(name, family);
        Assert.True(answer.IsCompleted);
        Assert.Equal(expected, string.Join(' ', answer.Addresses.Select(static address => address.IpText)));
    }

    [Theory]
    [InlineData(DnsLookupFamily.Auto, "4a 6a 4b 6b", "6a 6b")]
    [InlineData(DnsLookupFamily.Auto, "4a 4b", "4a 4b")]
    [InlineData(DnsLookupFamily.V4Only, "4a 6a 4b", "4a 4b")]
    [InlineData(DnsLookupFamily.V4Only, "6a", "")]
    [InlineData(DnsLookupFamily.V6Only, "4a 6a 6b", "6a 6b")]
    [InlineData(DnsLookupFamily.V6Only, "4a", "")]
    [InlineData(DnsLookupFamily.V4Preferred, "6a 4a 4b", "4a 4b")]
    [InlineData(DnsLookupFamily.V4Preferred, "6a 6b", "6a 6b")]
    [InlineData(DnsLookupFamily.All, "4a 6a 4b", "6a 4a 4b")]
    [InlineData(DnsLookupFamily.All, "", "")]
    public void Family_PicksAndOrdersTheAddresses(DnsLookupFamily family, string found, string expected)
    {
        IEnumerable<NetworkAddress> selected = SystemDnsResolver.Select(Parse(found), family);
        Assert.Equal(Parse(expected), selected);

        static IEnumerable<NetworkAddress> Parse(string names) =>
            names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static name => name[0] == '6'
                ? NetworkAddress.FromIPv6(0, name[1], 0)
                : NetworkAddress.FromIPv4(name[1], 0));
    }

    [Fact]
    public void TextThatIsNoName_IsAnAnswerOnTheLoopAndNoException() => Assert.Empty(Resolve(new string('a', 300), DnsLookupFamily.Auto).Addresses);

    [Fact]
    public void MoreQueriesThanThreads_AreAllAnswered()
    {
        Answers answers = new();
        for (int i = 0; i < 50; i++)
        {
            _resolver.Resolve("127.0.0.1", DnsLookupFamily.Auto, answers);
        }

        while (answers.All.Count < 50)
        {
            _main.RunOnce(-1);
        }
    }

    [Fact]
    public void CancelledQuery_IsNotAnswered()
    {
        Answers answers = new();
        _resolver.Resolve("127.0.0.1", DnsLookupFamily.Auto, answers).Cancel();
        Assert.Single(Resolve("127.0.0.2", DnsLookupFamily.Auto).Addresses);
        Assert.Empty(answers.All);
    }

    private DnsAnswer Resolve(string name, DnsLookupFamily family)
    {
        Answers answers = new();
        _resolver.Resolve(name, family, answers);
        Assert.Empty(answers.All);
        while (answers.All.Count == 0)
        {
            _main.RunOnce(-1);
        }

        return answers.All[0];
    }

    private sealed class Answers : IDnsCallbacks
    {
        public List<DnsAnswer> All { get; } = [];

        public void OnResolved(DnsAnswer answer) => All.Add(answer);
    }
}
