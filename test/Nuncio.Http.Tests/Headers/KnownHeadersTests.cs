using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Http.Tests.Headers;

/// <summary>Names of known headers and back.</summary>
public sealed class KnownHeadersTests
{
    [Fact]
    public void EveryKnownHeader_IsFoundByItsName_AndNamedAsItsEnumMember()
    {
        foreach (KnownHeader header in Enum.GetValues<KnownHeader>())
        {
            if (header == KnownHeader.None)
            {
                continue;
            }

            ReadOnlySpan<byte> name = KnownHeaders.Name(header);
            Assert.Equal(header, KnownHeaders.Find(name));
            Assert.Equal(KnownHeaders.NameString(header), Encoding.ASCII.GetString(name));
            Assert.Equal(KnownHeaders.NameString(header) + ": ", Encoding.ASCII.GetString(KnownHeaders.WireName(header)));
            string words = KnownHeaders.NameString(header).TrimStart(':').Replace("-", "", StringComparison.Ordinal);
            Assert.Equal(header.ToString(), words, ignoreCase: true);
            Assert.Equal(name[0] == (byte)':', KnownHeaders.IsPseudo(header));
        }

        Assert.Equal(KnownHeaders.Count, Enum.GetValues<KnownHeader>().Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("t")]
    [InlineData("tx")]
    [InlineData("hosu")]
    [InlineData("Host")]
    [InlineData("content-typf")]
    [InlineData("x-envoy-")]
    [InlineData(":")]
    public void OtherName_IsNotKnown(string name) => Assert.Equal(KnownHeader.None, KnownHeaders.Find(Encoding.ASCII.GetBytes(name)));

    [Theory]
    [InlineData(200, "OK")]
    [InlineData(404, "Not Found")]
    [InlineData(431, "Request Header Fields Too Large")]
    [InlineData(599, "Unknown")]
    public void ReasonPhrase_IsEnvoys(int status, string text) => Assert.Equal(text, Encoding.ASCII.GetString(HttpStatus.ReasonPhrase(status)));

    [Theory]
    [InlineData("a", true)]
    [InlineData("", true)]
    [InlineData("a.b-c_d~e:8080", true)]
    [InlineData("a:", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("a,b", true)]
    [InlineData("a b", false)]
    [InlineData("a@b", false)]
    [InlineData("a:b", false)]
    [InlineData("a/b", false)]
    [InlineData("[::1", false)]
    [InlineData("::1", false)]
    [InlineData("[]", false)]
    [InlineData("a\\b", false)]
    public void Authority_IsAHostWithAnOptionalPort(string text, bool expected) =>
        Assert.Equal(expected, HttpAuthority.IsValid(Encoding.Latin1.GetBytes(text)));
}
