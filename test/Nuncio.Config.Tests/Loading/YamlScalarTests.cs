using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

/// <summary>Protects that a plain scalar means to us what it means to Envoy's YAML library.</summary>
public sealed class YamlScalarTests
{
    [Theory]
    [InlineData("", "Null", "")]
    [InlineData("~", "Null", "~")]
    [InlineData("NULL", "Null", "NULL")]
    [InlineData("nULL", "Text", "nULL")]
    [InlineData("y", "Bool", "true")]
    [InlineData("Yes", "Bool", "true")]
    [InlineData("ON", "Bool", "true")]
    [InlineData("off", "Bool", "false")]
    [InlineData("False", "Bool", "false")]
    [InlineData("fALSE", "Text", "fALSE")]
    [InlineData("FaLSE", "Text", "FaLSE")]
    [InlineData("truely", "Text", "truely")]
    [InlineData("0", "Number", "0")]
    [InlineData("-0", "Number", "0")]
    [InlineData("+7", "Number", "7")]
    [InlineData("0x7f", "Number", "127")]
    [InlineData("-0X10", "Number", "-16")]
    [InlineData("010", "Number", "8")]
    [InlineData("08", "Text", "08")]
    [InlineData("0x", "Text", "0x")]
    [InlineData("-", "Text", "-")]
    [InlineData("2147483647", "Number", "2147483647")]
    [InlineData("2147483648", "Text", "2147483648")]
    [InlineData("-9223372036854775808", "Text", "-9223372036854775808")]
    [InlineData("9223372036854775808", "Text", "9223372036854775808")]
    [InlineData("0xffffffffffffffffffffffffffffffffffff", "Text", "0xffffffffffffffffffffffffffffffffffff")]
    [InlineData("1.5", "Text", "1.5")]
    [InlineData("1e3", "Text", "1e3")]
    [InlineData("1_000", "Text", "1_000")]
    [InlineData("127.0.0.1", "Text", "127.0.0.1")]
    [InlineData("é", "Text", "é")]
    public void PlainScalar_HasTheKindEnvoyGivesIt(string plain, string kind, string text)
    {
        Assert.Equal(kind, YamlScalar.Resolve(plain, out string resolved).ToString());
        Assert.Equal(text, resolved);
    }
}
