using System.Text;

namespace Nuncio.Extensions.Tests.ListenerFilters.TlsInspector;

/// <summary>Writes ClientHellos, right ones and wrong ones, as records.</summary>
internal sealed class ClientHelloBuilder
{
    internal ushort Version { get; set; } = 0x0303;

    internal byte[] SessionId { get; set; } = new byte[32];

    internal ushort[] Ciphers { get; set; } = [0x1301, 0x1302, 0xC02F];

    internal byte[] Compressions { get; set; } = [0];

    internal List<(ushort Type, byte[] Content)> Extensions { get; } = [];

    internal bool OmitExtensions { get; set; }

    /// <summary>Bytes behind the last extension, inside the message.</summary>
    internal byte[] Trailing { get; set; } = [];

    internal ClientHelloBuilder With(ushort type, params byte[] content)
    {
        Extensions.Add((type, content));
        return this;
    }

    internal ClientHelloBuilder WithServerName(string name) => With(0, ServerName(name));

    internal ClientHelloBuilder WithAlpn(params string[] names) =>
        With(16, Prefixed16([.. names.SelectMany(n => Prefixed8(Encoding.Latin1.GetBytes(n)))]));

    internal ClientHelloBuilder WithVersions(params ushort[] versions) => With(43, Prefixed8(Numbers(versions)));

    internal ClientHelloBuilder WithGroups(params ushort[] groups) => With(10, Prefixed16(Numbers(groups)));

    internal ClientHelloBuilder WithPointFormats(params byte[] formats) => With(11, Prefixed8(formats));

    internal ClientHelloBuilder WithSignatures(params ushort[] algorithms) => With(13, Prefixed16(Numbers(algorithms)));

    /// <summary>The handshake message.</summary>
    internal byte[] Message()
    {
        byte[] extensions = [.. Extensions.SelectMany(e => (byte[])[.. Number(e.Type), .. Prefixed16(e.Content)])];
        byte[] body =
        [
            .. Number(Version), .. new byte[32], .. Prefixed8(SessionId), .. Prefixed16(Numbers(Ciphers)), .. Prefixed8(Compressions),
            .. OmitExtensions ? [] : Prefixed16(extensions), .. Trailing,
        ];
        return [1, (byte)(body.Length >> 16), .. Number((ushort)body.Length), .. body];
    }

    /// <summary>The message in one record, or in records of at most so many bytes.</summary>
    internal byte[] Records(int recordSize = int.MaxValue) =>
        [.. Message().Chunk(Math.Min(recordSize, 16384)).SelectMany(part => Record(part))];

    internal static byte[] Record(byte[] content, byte type = 22) => [type, 3, 1, .. Number((ushort)content.Length), .. content];

    internal static byte[] ServerName(string name) => Prefixed16([0, .. Prefixed16(Encoding.Latin1.GetBytes(name))]);

    internal static byte[] Numbers(params ushort[] numbers) => [.. numbers.SelectMany(Number)];

    internal static byte[] Prefixed8(byte[] content) => [(byte)content.Length, .. content];

    internal static byte[] Prefixed16(byte[] content) => [.. Number((ushort)content.Length), .. content];

    private static byte[] Number(ushort number) => [(byte)(number >> 8), (byte)number];
}
