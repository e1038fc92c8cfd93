using System.Runtime.InteropServices;
using System.Text;

namespace Nuncio.IO.Tls;

/// <summary>One configured TLS context, complete: OpenSSL's <c>SSL_CTX</c> and what its callbacks need.</summary>
/// <remarks>
/// Immutable after <see cref="TryCreate"/>, so shared by all workers. Made on the main thread. Every connection holds a reference of its
/// own on the native part; ours is given back by <see cref="Dispose"/> or, since connections may outlive their configuration, when nobody
/// refers to the object any more.
/// </remarks>
public sealed class TlsContext : IDisposable
{
    private readonly Handle _handle;

    internal TlsContext(nint native, TlsContextConfig config, List<(nint Certificate, byte[] Staple)> staples)
    {
        _handle = new Handle(native);
        Native = native;
        Config = config;
        Staples = [.. staples];
        TicketKeys = new byte[config.TicketKeys.Count][];
        for (int i = 0; i < TicketKeys.Length; i++)
        {
            TicketKeys[i] = config.TicketKeys[i].ToArray();
        }

        AlpnWire = EncodeAlpn(config.AlpnProtocols) ?? [];
    }

    /// <summary>What it was made from.</summary>
    public TlsContextConfig Config { get; }

    internal nint Native { get; }

    /// <summary>Ticket keys, the first of which encrypts.</summary>
    internal byte[][] TicketKeys { get; }

    /// <summary>The application protocols as they are on the wire (RFC 7301): each with its length before it.</summary>
    internal byte[] AlpnWire { get; }

    /// <summary>OCSP responses by the native certificate they are about.</summary>
    internal (nint Certificate, byte[] Staple)[] Staples { get; }

    /// <summary>A context, or null with everything that is wrong added to <paramref name="errors"/>.</summary>
    public static TlsContext? TryCreate(TlsContextConfig config, List<TlsContextError> errors) => TlsContextBuilder.Build(config, errors);

    /// <summary>Gives the reference of this object back; connections go on.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>The wire form of a list of application protocols; null when one is empty or too long, or all are.</summary>
    internal static byte[]? EncodeAlpn(IReadOnlyList<string> protocols)
    {
        const int Longest = byte.MaxValue;
        List<byte> wire = [];
        foreach (string protocol in protocols)
        {
            byte[] name = Encoding.UTF8.GetBytes(protocol);
            if (name.Length is 0 or > Longest)
            {
                return null;
            }

            wire.Add((byte)name.Length);
            wire.AddRange(name);
        }

        return wire.Count <= ushort.MaxValue ? [.. wire] : null;
    }

    /// <summary>The configured name that is these bytes, so that no string is made per handshake.</summary>
    internal string? FindAlpn(ReadOnlySpan<byte> protocol)
    {
        for (int i = 0; i < Config.AlpnProtocols.Count; i++)
        {
            if (Ascii.Equals(protocol, Config.AlpnProtocols[i]))
            {
                return Config.AlpnProtocols[i];
            }
        }

        return null;
    }

    private sealed class Handle : SafeHandle
    {
        internal Handle(nint native)
            : base(0, ownsHandle: true) => SetHandle(native);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            LibSsl.ContextFree(handle);
            return true;
        }
    }
}
