namespace Nuncio.Base.Stats;

/// <summary>
/// Finds a response code (<c>..._rq_404</c>, of which <c>_404</c> is removed) or its class (<c>..._rq_4xx</c>, of which <c>4</c>
/// is removed).
/// </summary>
internal sealed class ResponseCodeTagExtractor : TagExtractor
{
    private readonly bool _classes;

    internal ResponseCodeTagExtractor(string tagName, bool classes)
        : base(tagName, "") => _classes = classes;

    /// <inheritdoc/>
    internal override bool TryExtract(string name, out TagMatch match)
    {
        match = default;
        int code = name.Length - 3;
        if (code < 4 || !name.AsSpan(code - 4, 4).SequenceEqual("_rq_") || !char.IsAsciiDigit(name[code]))
        {
            return false;
        }

        ReadOnlySpan<char> rest = name.AsSpan(code + 1);
        if (_classes && rest is "xx")
        {
            match = new TagMatch(code..(code + 1), code..(code + 1));
            return true;
        }

        if (!_classes && char.IsAsciiDigit(rest[0]) && char.IsAsciiDigit(rest[1]))
        {
            match = new TagMatch(code..name.Length, (code - 1)..name.Length);
            return true;
        }

        return false;
    }
}
