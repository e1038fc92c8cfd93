using Nuncio.Config.Errors;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Core.ListenerFilters;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;
using Wire = Envoy.Config.Listener.V3.ListenerFilterChainMatchPredicate;

namespace Nuncio.Config.Tests.Listeners;

public sealed class ListenerFilterPredicateConverterTests
{
    [Theory]
    [InlineData("{ any_match: true }", 1, true)]
    [InlineData("{ destination_port_range: { start: 80, end: 81 } }", 80, true)]
    [InlineData("{ destination_port_range: { start: 80, end: 81 } }", 81, false)]
    [InlineData("{ destination_port_range: { start: 0, end: 65536 } }", 65535, true)]
    [InlineData("{ not_match: { destination_port_range: { start: 80, end: 81 } } }", 80, false)]
    [InlineData("{ or_match: { rules: [{ destination_port_range: { start: 1, end: 2 } }, { destination_port_range: { start: 3, end: 4 } }] } }", 3, true)]
    [InlineData("{ and_match: { rules: [{ any_match: true }, { not_match: { any_match: true } }] } }", 3, false)]
    public void Predicate_IsWhatItSays(string yaml, int port, bool expected)
    {
        (ListenerFilterPredicate? predicate, string[] errors) = Convert(yaml);
        Assert.Empty(errors);
        Assert.Equal(expected, predicate!.Matches(new ConnectionInfo(NetworkAddress.FromIPv4(1, port), NetworkAddress.FromIPv4(2, 1))));
    }

    [Theory]
    [InlineData("{ destination_port_range: { start: 80, end: 80 } }", "destination_port_range: found start 80 and end 80, expected 0 <= start < end <= 65536")]
    [InlineData("{ not_match: { destination_port_range: { start: -1, end: 80 } } }", "not_match.destination_port_range: found start -1")]
    [InlineData("{ or_match: { rules: [{ any_match: true }, { destination_port_range: { start: 1, end: 65537 } }] } }", "or_match.rules[1].destination_port_range: found start 1 and end 65537")]
    [InlineData("{}", "expected one of or_match")]
    public void WrongPredicate_IsRefusedAtItsPlace(string yaml, string expected)
    {
        (ListenerFilterPredicate? predicate, string[] errors) = Convert(yaml);
        Assert.Null(predicate);
        Assert.Contains(expected, Assert.Single(errors));
    }

    [Fact]
    public void NoPredicate_IsNone() =>
        Assert.Null(ListenerFilterPredicateConverter.Convert(null, default));

    private static (ListenerFilterPredicate? Predicate, string[] Errors) Convert(string yaml)
    {
        ConfigErrors errors = new();
        ListenerFilterPredicate? predicate = null;
        if (ConfigLoader.LoadMessage<Wire>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors) is { } loaded)
        {
            predicate = ListenerFilterPredicateConverter.Convert(loaded.Message, loaded.Root(errors));
        }

        return (predicate, [.. errors.Items.Select(error => error.ToString())]);
    }
}
