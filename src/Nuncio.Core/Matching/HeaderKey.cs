using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Matching;

/// <summary>
/// A header's name made ready when configuration is loaded: its index when it is a known one, else its lower-case bytes.
/// Immutable; any thread.
/// </summary>
public readonly struct HeaderKey
{
    private readonly byte[] _name;

    private HeaderKey(KnownHeader known, byte[] name)
    {
        Known = known;
        _name = name;
    }

    /// <summary>The known header, or <see cref="KnownHeader.None"/>.</summary>
    public KnownHeader Known { get; }

    /// <summary>The name in lower case.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>The key of a name; false when it cannot be a header's name. A leading colon makes it a pseudo header.</summary>
    public static bool TryCreate(string name, out HeaderKey key)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        byte[] lower = new byte[bytes.Length];
        key = default;
        if (!HeaderName.TryLower(bytes, lower))
        {
            return false;
        }

        key = new HeaderKey(KnownHeaders.Find(lower), lower);
        return true;
    }

    /// <summary>The key of a header as a request's reader names it: <c>host</c> is the authority, whatever the protocol.</summary>
    public static bool TryCreateForRequest(string name, out HeaderKey key)
    {
        if (!TryCreate(name, out key))
        {
            return false;
        }

        if (key.Known == KnownHeader.Host)
        {
            key = new HeaderKey(KnownHeader.Authority, ":authority"u8.ToArray());
        }

        return true;
    }

    /// <summary>Whether the header is there.</summary>
    public bool IsIn(HeaderMap headers) => Known != KnownHeader.None ? headers.Has(Known) : headers.Has(_name);

    /// <summary>The header's first value.</summary>
    public bool TryGet(HeaderMap headers, out ReadOnlySpan<byte> value) =>
        Known != KnownHeader.None ? headers.TryGet(Known, out value) : headers.TryGet(_name, out value);

    /// <summary>All the header's values, joined with a comma.</summary>
    public bool TryGetJoined(HeaderMap headers, out ReadOnlySpan<byte> value) =>
        Known != KnownHeader.None ? headers.TryGetJoined(Known, out value) : headers.TryGetJoined(_name, out value);

    /// <summary>All the header's values.</summary>
    public HeaderValues GetAll(HeaderMap headers) => Known != KnownHeader.None ? headers.GetAll(Known) : headers.GetAll(_name);

    /// <summary>Removes the header.</summary>
    public int Remove(HeaderMap headers) => Known != KnownHeader.None ? headers.Remove(Known) : headers.Remove(_name);

    /// <summary>Adds a value behind the others.</summary>
    public void Add(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (Known != KnownHeader.None)
        {
            headers.Add(Known, value);
        }
        else
        {
            headers.Add(_name, value);
        }
    }

    /// <summary>Gives the header this one value.</summary>
    public void Set(HeaderMap headers, ReadOnlySpan<byte> value)
    {
        if (Known != KnownHeader.None)
        {
            headers.Set(Known, value);
        }
        else
        {
            headers.Set(_name, value);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(_name);
}
