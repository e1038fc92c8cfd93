using Nuncio.IO.Sockets;

namespace Nuncio.Core.HttpConnection;

/// <summary>The last address text parsed on a connection and its result, so that the usual repeated header costs a comparison.</summary>
internal struct ForwardedAddressCache
{
    private byte[]? _text;
    private NetworkAddress? _address;

    /// <summary>The IP address of the text (with or without port), or null when it is none.</summary>
    internal NetworkAddress? Parse(ReadOnlySpan<byte> text)
    {
        if (_text is not null && text.SequenceEqual(_text))
        {
            return _address;
        }

        if (text.Length > 64)
        {
            return null;
        }

        _text = text.ToArray();
        _address = NetworkAddress.TryParseIp(System.Text.Encoding.ASCII.GetString(text), 0, out NetworkAddress? address) ? address : null;
        return _address;
    }
}
