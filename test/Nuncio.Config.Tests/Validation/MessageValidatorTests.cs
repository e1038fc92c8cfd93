using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Buffer.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Validation;

/// <summary>The rules that no golden case shows well, and how the checker walks. Messages are made here, not read from text.</summary>
public sealed class MessageValidatorTests
{
    private readonly ConfigErrors _errors = new();

    [Fact]
    public void ListAtItsLongest_IsAllowed() => Assert.Empty(Check(TableWithHeaders(1000)));

    [Fact]
    public void ListOverItsLongest_IsRefused() =>
        Assert.Equal(["request_headers_to_add: found 1001 items, expected at most 1000"], Check(TableWithHeaders(1001)));

    [Fact]
    public void MapKey_HasItsOwnRule()
    {
        Metadata metadata = new() { FilterMetadata = { [""] = new Struct() } };

        Assert.Equal(["filter_metadata[\"\"]: found an empty text, expected some text"], Check(metadata));
    }

    [Fact]
    public void TextLength_CountsCharactersAndBytesApart()
    {
        // 8192 characters of two bytes are just within 16384 bytes.
        HeaderValueOption fits = new() { Header = new HeaderValue { Key = "a", Value = new string('é', 8192) } };
        HeaderValueOption over = new() { Header = new HeaderValue { Key = "a", Value = new string('é', 8193) } };

        Assert.Empty(Check(fits));
        Assert.Equal(["header.value: found 16386 bytes, expected at most 16384"], Check(over));
    }

    [Fact]
    public void RuleOnAWrapper_HoldsOnlyWhenItIsThere()
    {
        Assert.Empty(Check(new CircuitBreakers { Thresholds = { new CircuitBreakers.Types.Thresholds() } }));
        Assert.Equal(["max_request_bytes: found 0, expected more than 0"], Check(new Envoy.Extensions.Filters.Http.Buffer.V3.Buffer { MaxRequestBytes = 0 }));
    }

    [Fact]
    public void RequiredWrapper_MustBeThere() =>
        Assert.Equal(["max_request_bytes: the field \"max_request_bytes\" is missing, expected an object (google.protobuf.UInt32Value)"], Check(new Envoy.Extensions.Filters.Http.Buffer.V3.Buffer()));

    [Fact]
    public void MemberOfAOneofThatWasNotChosen_HasNoRules() =>
        Assert.Empty(Check(new RouteMatch { Prefix = "/" }));

    [Fact]
    public void NegativeDuration_IsRefusedEvenWithoutARule()
    {
        RouteAction action = new() { Cluster = "a", Timeout = new Duration { Nanos = -1 } };

        Assert.Equal(["timeout: found -0.000000001s, expected a duration that is not negative"], Check(action));
    }

    [Fact]
    public void MessageInsideAnAnyInsideAMap_IsChecked()
    {
        Cluster cluster = new() { Name = "a" };
        cluster.TypedExtensionProtocolOptions["x"] = Any.Pack(new BufferPerRoute());

        Assert.Equal(["typed_extension_protocol_options[\"x\"]: found none, expected one of disabled, buffer"], Check(cluster));
    }

    [Fact]
    public void EveryFault_IsFoundInOneRun()
    {
        Listener listener = new()
        {
            Address = new Address(),
            SocketOptions = { new SocketOption(), new SocketOption() },
        };

        Assert.Equal(3, Check(listener).Count);
    }

    private static RouteConfiguration TableWithHeaders(int count)
    {
        RouteConfiguration table = new();
        for (int i = 0; i < count; i++)
        {
            table.RequestHeadersToAdd.Add(new HeaderValueOption { Header = new HeaderValue { Key = "a", Value = "b" } });
        }

        return table;
    }

    private List<string> Check<T>(T message)
        where T : class, IMessage<T>, new()
    {
        // The binary form needs one byte at least, and a message with nothing set has none; JSON's {} stands for it.
        byte[] bytes = message.ToByteArray();
        (byte[] source, ConfigFormat format) = bytes.Length == 0 ? ("{}"u8.ToArray(), ConfigFormat.Json) : (bytes, ConfigFormat.Binary);
        ConfigLoader.LoadMessage<T>(source, format, "test", LoadOptions.Default, _errors);
        return [.. _errors.Items.Select(static e => e.Path + ": " + e.Message)];
    }
}
