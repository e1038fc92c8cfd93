using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Base.Buffers;
using Nuncio.Config.Errors;
using Nuncio.Config.Formatting;
using Nuncio.Config.Tests.Extensibility;
using Nuncio.Core.Formatting;
using Nuncio.Core.Streams;

namespace Nuncio.Config.Tests.Formatting;

public sealed class SubstitutionFormatConverterTests : IDisposable
{
    private readonly ConfigErrors _errors = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nuncio-format").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("text_format: '%RESPONSE_CODE% %REQ(x)%'", "200 -")]
    [InlineData("text_format_source: {inline_string: '%BYTES_SENT%'}", "5")]
    [InlineData("text_format_source: {inline_string: '<%REQ(x)%>'}\nomit_empty_values: true", "<>")]
    [InlineData(
        "json_format: {status: '%RESPONSE_CODE%', nested: {b: [1, null, 'x'], a: true}, Zero: 2}",
        "{\"Zero\":2,\"nested\":{\"a\":true,\"b\":[1,null,\"x\"]},\"status\":200}\n")]
    public void Format_PrintsAsConfigured(string yaml, string expected) => Assert.Equal(expected, Format(Convert(yaml)!));

    [Fact]
    public void Template_CanComeFromAFile()
    {
        string path = Path.Combine(_directory, "format.txt");
        File.WriteAllText(path, "from a file %RESPONSE_CODE%\n");

        Assert.Equal("from a file 200\n", Format(Convert($"text_format_source: {{filename: {path}}}")!));
    }

    [Fact]
    public void ContentType_IsHandedOn()
    {
        Assert.Null(Convert("text_format: x")!.ContentType);
        Assert.False(Convert("text_format: x")!.IsJson);
        SubstitutionFormatter json = Convert("json_format: {a: b}\ncontent_type: application/problem+json")!;
        Assert.Equal("application/problem+json", Encoding.ASCII.GetString(json.ContentType!));
        Assert.True(json.IsJson);
    }

    [Theory]
    [InlineData("text_format: '%RESPONSE_COD%'", "text_format")]
    [InlineData("text_format_source: {filename: /no/such/file}", "text_format_source.filename")]
    [InlineData("text_format_source: {inline_string: '%'}", "text_format_source")]
    [InlineData("json_format: {a: {b: ['x', '%NOPE_NOPE%']}}", "json_format[\"a\"][\"b\"][1]")]
    public void WrongFormat_IsAnErrorAtItsPlace(string yaml, string path)
    {
        Assert.Null(Convert(yaml));
        Assert.Equal(path, Assert.Single(_errors.Items).Path);
    }

    private SubstitutionFormatter? Convert(string yaml)
    {
        (SubstitutionFormatString message, ConfigScope scope) = TestContexts.Load<SubstitutionFormatString>(yaml, _errors);
        return SubstitutionFormatConverter.Convert(message, TestContexts.Make(), scope);
    }

    private static string Format(SubstitutionFormatter formatter)
    {
        StreamInfo info = new() { ResponseCode = 200, BytesSent = 5 };
        ByteWriter writer = new();
        formatter.Format(new FormatContext(info, null, null, null, 0, 0), writer);
        return Encoding.UTF8.GetString(writer.Written);
    }
}
