using System.Text;

namespace Nuncio.Http.Headers;

/// <summary>
/// How the peer spelt the header names of one message, and its reason phrase: what a message is sent on with when the case of names
/// is preserved. Envoy: <c>envoy.http.stateful_header_formatters.preserve_case</c>.
/// </summary>
/// <remarks>
/// Owner: its header map, which makes it for the first message of a codec that preserves case and keeps it. Of a repeated name the first
/// spelling counts. Bounded: <see cref="MaxNames"/> names and <see cref="MaxBytes"/> of them; what is beyond is sent as if it had not come
/// from the peer.
/// </remarks>
internal sealed class HeaderSpelling
{
    /// <summary>Names remembered; each header that is sent is looked up among them. Codecs allow 100 headers by default.</summary>
    internal const int MaxNames = 256;

    /// <summary>Longest reason phrase remembered: it has to fit beside the status line's other parts.</summary>
    internal const int MaxReasonPhrase = 128;

    /// <summary>Bytes of all names remembered.</summary>
    private const int MaxBytes = 16 * 1024;

    private Name[] _names = new Name[32];
    private byte[] _bytes = new byte[512];
    private int _count;
    private int _used;
    private int _reasonStart;
    private int _reasonLength;

    /// <summary>Whether names that did not come from the peer are capitalised; else they are in lower case.</summary>
    internal bool CapitalisesOthers { get; private set; }

    /// <summary>The peer's reason phrase; empty for none.</summary>
    internal ReadOnlySpan<byte> ReasonPhrase => _bytes.AsSpan(_reasonStart, _reasonLength);

    /// <summary>Forgets all, for another message.</summary>
    internal void Begin(bool capitalisesOthers)
    {
        CapitalisesOthers = capitalisesOthers;
        _count = _used = _reasonLength = 0;
    }

    /// <summary>Remembers a name as it came; it has been found valid.</summary>
    internal void Add(ReadOnlySpan<byte> name)
    {
        if (_count == MaxNames || !TryStore(name, out int start))
        {
            return;
        }

        if (_count == _names.Length)
        {
            Array.Resize(ref _names, 2 * _count);
        }

        Span<byte> lower = stackalloc byte[HeaderName.StackLimit];
        KnownHeader known = name.Length <= lower.Length && HeaderName.TryLower(name, lower) ? KnownHeaders.Find(lower[..name.Length]) : KnownHeader.None;
        _names[_count++] = new Name { Known = known, Start = start, Length = name.Length };
    }

    /// <summary>Remembers the reason phrase as it came; too long a one is not.</summary>
    internal void SetReasonPhrase(ReadOnlySpan<byte> phrase)
    {
        if (phrase.Length <= MaxReasonPhrase && TryStore(phrase, out int start))
        {
            _reasonStart = start;
            _reasonLength = phrase.Length;
        }
    }

    /// <summary>Puts the peer's spelling in place of a lower-case name of the same letters; false when it has not sent that name.</summary>
    internal bool TryRespell(KnownHeader known, Span<byte> name)
    {
        for (int i = 0; i < _count; i++)
        {
            ref Name one = ref _names[i];
            if (one.Known != known || one.Length != name.Length)
            {
                continue;
            }

            ReadOnlySpan<byte> original = _bytes.AsSpan(one.Start, one.Length);
            if (known != KnownHeader.None || Ascii.EqualsIgnoreCase(original, name))
            {
                original.CopyTo(name);
                return true;
            }
        }

        return false;
    }

    private bool TryStore(ReadOnlySpan<byte> text, out int start)
    {
        start = _used;
        int needed = _used + text.Length;
        if (needed > MaxBytes)
        {
            return false;
        }

        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }

        text.CopyTo(_bytes.AsSpan(_used));
        _used = needed;
        return true;
    }

    private struct Name
    {
        internal KnownHeader Known;
        internal int Start;
        internal int Length;
    }
}
