using Nuncio.Base.Buffers;
using Nuncio.Core.Formatting;
using Nuncio.Core.Formatting.Json;
using Nuncio.Testing;

namespace Nuncio.Core.Tests.Formatting;

public sealed class FormatAllocationTests
{
    private readonly FormatFixture _fixture = new();

    [Fact]
    public void DefaultFormat_AllocatesNothing() => AssertAllocatesNothing(DefaultFormat.Create(FormatterOptions.Default));

    [Fact]
    public void OtherOperators_AllocateNothing()
    {
        _fixture.Info.Connection!.RequestedServerName = "example.com";
        _fixture.Info.UpstreamTransportFailureReason = "a b";
        Assert.True(SubstitutionFormatter.TryParse(
            "%START_TIME(%Y-%m-%d %H:%M:%E3S %a %b %s %V)% %EMIT_TIME_LOCAL% %RESPONSE_FLAGS_LONG% %RESPONSE_CODE_DETAILS% %UPSTREAM_CLUSTER% "
                + "%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT% %QUERY_PARAM(b)% %PATH(NQ)% %UNIQUE_ID% %STREAM_ID% %REQUESTED_SERVER_NAME% "
                + "%UPSTREAM_TRANSPORT_FAILURE_REASON% %UPSTREAM_HOST_NAME_WITHOUT_PORT% %COMMON_DURATION(DS_RX_BEG:DS_TX_END:us)%",
            FormatterOptions.Default,
            out SubstitutionFormatter? formatter,
            out string? error), error);
        AssertAllocatesNothing(formatter);
    }

    [Fact]
    public void JsonFormat_AllocatesNothing()
    {
        _fixture.Request!.Add("x-quoted"u8, "a\"b\u00fc"u8);
        JsonFormatBuilder json = new(FormatterOptions.Default);
        json.BeginObject();
        foreach (string template in (string[])["%REQ(:PATH)%", "%REQ(X-QUOTED)% and %REQ(none)%", "%BYTES_SENT%", "%START_TIME%"])
        {
            json.Key(template.Replace('%', '_'));
            Assert.Null(json.Text(template));
        }

        json.EndObject();
        AssertAllocatesNothing(json.Build());
    }

    private void AssertAllocatesNothing(SubstitutionFormatter formatter)
    {
        ByteWriter writer = new(4096);
        Action once = () =>
        {
            writer.Clear();
            formatter.Format(_fixture.Context(), writer);
        };
        once();
        Assert.Equal(0, Garbage.Of(once));
        Assert.True(writer.Length > 0);
    }
}
