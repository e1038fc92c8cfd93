using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Filters;
using Nuncio.Core.Failures;
using Nuncio.Core.Runtime;
using Nuncio.Core.Tests.Formatting;
using Nuncio.Testing.Http;

namespace Nuncio.Core.Tests.AccessLog;

public sealed class AccessLogFilterTests
{
    private readonly FormatFixture _fixture = new();

    [Theory]
    [InlineData(ComparisonKind.Equal, 199, false)]
    [InlineData(ComparisonKind.Equal, 200, true)]
    [InlineData(ComparisonKind.GreaterOrEqual, 200, true)]
    [InlineData(ComparisonKind.GreaterOrEqual, 201, false)]
    [InlineData(ComparisonKind.LessOrEqual, 200, true)]
    [InlineData(ComparisonKind.LessOrEqual, 199, false)]
    [InlineData(ComparisonKind.NotEqual, 200, false)]
    [InlineData(ComparisonKind.NotEqual, 404, true)]
    public void StatusCode_IsCompared(ComparisonKind kind, uint value, bool expected) =>
        Assert.Equal(expected, Passes(new StatusCodeFilter(new Comparison(kind, value, null))));

    [Fact]
    public void StatusCode_CanBeOverriddenByRuntime()
    {
        LayeredRuntime runtime = new([new RuntimeLayer("l", new Dictionary<string, RuntimeEntry> { ["k"] = RuntimeEntry.FromNumber(500, "500") })]);

        Assert.False(Passes(new StatusCodeFilter(new Comparison(ComparisonKind.GreaterOrEqual, 200, runtime.Key("k")))));
        Assert.True(Passes(new StatusCodeFilter(new Comparison(ComparisonKind.GreaterOrEqual, 200, runtime.Key("other")))));
    }

    [Fact]
    public void NoStatus_IsZero()
    {
        _fixture.Info.ResponseCode = 0;

        Assert.True(Passes(new StatusCodeFilter(new Comparison(ComparisonKind.Equal, 0, null))));
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(15, false)]
    public void Duration_IsInMilliseconds(uint value, bool expected) =>
        Assert.Equal(expected, Passes(new DurationFilter(new Comparison(ComparisonKind.GreaterOrEqual, value, null))));

    [Fact]
    public void DurationOfALivingStream_IsUpToNow()
    {
        _fixture.Info.EndNanos = 0;

        Assert.True(Passes(new DurationFilter(new Comparison(ComparisonKind.Equal, 4000, null))));
    }

    [Fact]
    public void HealthChecks_AreLeftOut()
    {
        NotHealthCheckFilter filter = new();
        Assert.True(Passes(filter));
        _fixture.Info.IsHealthCheck = true;
        Assert.False(Passes(filter));
    }

    [Fact]
    public void Flags_AnyListedOrAnyAtAll()
    {
        ResponseFlagFilter any = new(ResponseFlags.None);
        ResponseFlagFilter two = new(ResponseFlags.UpstreamConnectionFailure | ResponseFlags.NoRouteFound);
        Assert.False(Passes(any));
        Assert.False(Passes(two));

        _fixture.Info.Flags = ResponseFlags.NoRouteFound;
        Assert.True(Passes(any));
        Assert.True(Passes(two));

        _fixture.Info.Flags = ResponseFlags.UnconditionalDropOverload;
        Assert.True(Passes(any));
        Assert.False(Passes(two));
    }

    [Fact]
    public void AndOr_Compose()
    {
        IAccessLogFilter yes = new StatusCodeFilter(new Comparison(ComparisonKind.Equal, 200, null));
        IAccessLogFilter no = new StatusCodeFilter(new Comparison(ComparisonKind.Equal, 500, null));

        Assert.True(Passes(new AndFilter([yes, yes])));
        Assert.False(Passes(new AndFilter([yes, no])));
        Assert.True(Passes(new OrFilter([no, yes])));
        Assert.False(Passes(new OrFilter([no, no])));
        Assert.True(Passes(new AndFilter([new OrFilter([no, yes]), yes])));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(100, true)]
    public void Sample_OfNothingAndAll(uint percent, bool expected) => Assert.Equal(expected, Passes(Sample(percent, independent: true)));

    [Fact]
    public void Sample_FollowsTheRequestId()
    {
        RuntimeFilter half = Sample(50, independent: false);
        int logged = 0;
        for (uint i = 0; i < 1000; i++)
        {
            _fixture.Request = TestHeaders.Make(_fixture.Pool, "x-request-id", $"{i:x8}-0000-4000-8000-000000000000");
            _fixture.Info.Random = i;
            bool first = Passes(half);
            _fixture.Info.Random = i + 12345;
            Assert.Equal(first, Passes(half));
            Assert.Equal(i % 100 < 50, first);
            logged += first ? 1 : 0;
        }

        Assert.Equal(500, logged);
    }

    [Fact]
    public void IndependentSample_IsNearItsShare()
    {
        RuntimeFilter tenth = Sample(10, independent: true);
        int logged = 0;
        for (ulong i = 1; i <= 10_000; i++)
        {
            _fixture.Info.Random = i;
            logged += Passes(tenth) ? 1 : 0;
        }

        Assert.InRange(logged, 850, 1150);
    }

    private static RuntimeFilter Sample(uint percent, bool independent) =>
        new(new RuntimeFraction(new FractionalPercent(percent, 100), null), independent);

    private bool Passes(IAccessLogFilter filter) => filter.Passes(_fixture.Context());
}
