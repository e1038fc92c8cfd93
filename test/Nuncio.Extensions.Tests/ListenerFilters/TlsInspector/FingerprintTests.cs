using System.Security.Cryptography;
using System.Text;
using Nuncio.Core.Streams;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Testing.ListenerFilters;

namespace Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;

public sealed class FingerprintTests : IDisposable
{
    private readonly ListenerFilterLab _lab = new(new TlsInspectorProvider(new TlsInspectorConfig(EnableJa3: true, EnableJa4: true)));

    public void Dispose() => _lab.Dispose();

    private ConnectionInfo Inspect(ClientHelloBuilder hello) => _lab.Receive(hello.Records()).Info;

    /// <summary>The example of JA3's authors.</summary>
    private static ClientHelloBuilder Ja3Example() => new ClientHelloBuilder
    {
        Version = 769,
        Ciphers = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
    }.WithServerName("a.example").WithGroups(23, 24, 25).WithPointFormats(0);

    /// <summary>The example of JA4's authors: a Chrome.</summary>
    private static ClientHelloBuilder Ja4Example() => new ClientHelloBuilder
    {
        Ciphers =
        [
            0xAAAA, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035,
        ],
    }.With(0x2A2A).With(0x001B).WithServerName("a.example").With(0x0033).WithAlpn("h2", "http/1.1").With(0x4469).With(0x0017).With(0x002D)
        .WithSignatures(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601).With(0x0005).With(0x0023).With(0x0012)
        .WithVersions(0x3A3A, 0x0304, 0x0303).With(0xFF01).WithPointFormats(0).WithGroups(0x5A5A, 29).With(0x0015);

    [Fact]
    public void Ja3_IsThatOfItsAuthors() => Assert.Equal("ada70206e40642a3e4461f35503241d5", Inspect(Ja3Example()).Ja3Hash);

    [Fact]
    public void Ja4_IsThatOfItsAuthors() => Assert.Equal("t13d1516h2_8daaf6152771_e5627efa2ab1", Inspect(Ja4Example()).Ja4);

    [Fact]
    public void Grease_ChangesNothing()
    {
        ClientHelloBuilder greased = Ja3Example();
        greased.Ciphers = [0x0A0A, .. greased.Ciphers, 0xFAFA];
        greased.Extensions.Insert(0, (0x1A1A, [1]));
        greased.Extensions[2] = (10, ClientHelloBuilder.Prefixed16(ClientHelloBuilder.Numbers(0x2A2A, 23, 24, 25)));
        Assert.Equal("ada70206e40642a3e4461f35503241d5", Inspect(greased).Ja3Hash);
    }

    [Fact]
    public void Ja3WithoutExtensions_HasEmptyParts() =>
        Assert.Equal(
            Convert.ToHexStringLower(MD5.HashData("771,4865,,,"u8)),
            Inspect(new ClientHelloBuilder { Ciphers = [4865], OmitExtensions = true }).Ja3Hash);

    [Fact]
    public void Ja4WithoutExtensions_HasZeros() =>
        Assert.Equal("t12i010000_0f2cb44170f4_000000000000", Inspect(new ClientHelloBuilder { Ciphers = [0x1301], OmitExtensions = true }).Ja4);

    [Fact]
    public void Ja4OfNameAndProtocolOnly_CountsThemAndHashesNothing() =>
        Assert.EndsWith("d0102h2_" + CipherHash + "_000000000000", Inspect(new ClientHelloBuilder { Ciphers = [0x1301] }.WithServerName("a").WithAlpn("h2")).Ja4);

    private static string CipherHash => Convert.ToHexStringLower(SHA256.HashData("1301"u8))[..12];

    [Theory]
    [InlineData("h2", "h2")]
    [InlineData("http/1.1", "h1")]
    [InlineData("h", "hh")]
    [InlineData("\u00ab", "ab")]
    [InlineData("\u00ab\u00cd", "ad")]
    [InlineData("0\u00ab", "3b")]
    [InlineData("01\u00ab\u00cd", "3d")]
    [InlineData("0\u00ab\u00cd1", "01")]
    public void Ja4Protocol_IsFirstAndLastCharacter(string protocol, string expected) =>
        Assert.Equal(expected, Inspect(new ClientHelloBuilder().WithAlpn(protocol)).Ja4[8..10]);

    [Fact]
    public void Ja4Protocol_IsZerosWithout()
    {
        Assert.Equal("00", Inspect(new ClientHelloBuilder()).Ja4[8..10]);
        Assert.Equal("00", Inspect(new ClientHelloBuilder().With(16, 0, 1, 0)).Ja4[8..10]);
    }

    [Theory]
    [InlineData(0x0303, new int[0], "12")]
    [InlineData(0x0302, new int[0], "11")]
    [InlineData(0x0301, new int[0], "10")]
    [InlineData(0x0303, new[] { 0x7A7A, 0x0303, 0x0304 }, "13")]
    [InlineData(0x0303, new[] { 0x0301 }, "10")]
    [InlineData(0x0303, new[] { 0x0304, 0x7F1C }, "00")]
    public void Ja4Version_IsTheHighestOffered(ushort legacy, int[] versions, string expected)
    {
        var hello = new ClientHelloBuilder { Version = legacy };
        if (versions.Length > 0)
        {
            hello.WithVersions([.. versions.Select(v => (ushort)v)]);
        }

        Assert.Equal(expected, Inspect(hello).Ja4[1..3]);
    }

    [Fact]
    public void Ja4Counts_StopAt99()
    {
        var hello = new ClientHelloBuilder { Ciphers = [.. Enumerable.Range(1, 150).Select(i => (ushort)i)] };
        for (ushort i = 1; i <= 120; i++)
        {
            hello.With((ushort)(1000 + i));
        }

        Assert.Equal("9999", Inspect(hello).Ja4[4..8]);
    }

    [Fact]
    public void LargestHello_IsFingerprinted()
    {
        ConnectionInfo info = Inspect(new ClientHelloBuilder { Ciphers = [.. Enumerable.Repeat((ushort)65535, 8000)] }.WithPointFormats(new byte[200]));
        string expected = "771," + string.Join('-', Enumerable.Repeat("65535", 8000)) + ",11,," + string.Join('-', Enumerable.Repeat("0", 200));
        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(expected))), info.Ja3Hash);
    }
}
