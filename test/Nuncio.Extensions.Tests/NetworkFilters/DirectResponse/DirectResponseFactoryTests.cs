using Nuncio.Core.NetworkFilters;
using Nuncio.Extensions.NetworkFilters.DirectResponse;
using Wire = Envoy.Extensions.Filters.Network.DirectResponse.V3;

namespace Nuncio.Extensions.Tests.NetworkFilters.DirectResponse;

public sealed class DirectResponseFactoryTests
{
    [Theory]
    [InlineData("{response: {inline_string: hello}}", 5)]
    [InlineData("{response: {inline_bytes: AAEC}}", 3)]
    [InlineData("{}", 0)]
    public void Response_IsTaken(string yaml, int length)
    {
        (NetworkFilterProvider? provider, string[] errors) = FilterConfiguration.Load<Wire.Config>(new DirectResponseFactory(), yaml);
        Assert.Empty(errors);
        Assert.Equal(length, Assert.IsType<DirectResponseProvider>(provider).Config.Response.Length);
    }

    [Fact]
    public void FileThatIsNotThere_IsRefused()
    {
        (NetworkFilterProvider? provider, string[] errors) =
            FilterConfiguration.Load<Wire.Config>(new DirectResponseFactory(), "{response: {filename: /no/such/file}}");
        Assert.Null(provider);
        Assert.Contains("/no/such/file", Assert.Single(errors));
    }
}
