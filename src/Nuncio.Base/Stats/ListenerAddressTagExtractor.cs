namespace Nuncio.Base.Stats;

/// <summary>
/// Finds a listener's address or stat prefix: <c>listener.0.0.0.0_80.x</c>, <c>listener.[__1]_80.x</c>,
/// <c>listener.ingress.x</c>,
/// but not <c>listener.admin.x</c>.
/// </summary>
internal sealed class ListenerAddressTagExtractor : TagExtractor
{
    private const string Start = "listener.";

    internal ListenerAddressTagExtractor(string tagName)
        : base(tagName, "listener")
    {
    }

    /// <inheritdoc/>
    internal override bool TryExtract(string name, out TagMatch match)
    {
        match = default;
        int end = EndOfAddress(name);
        if (end < 0 || name.AsSpan(Start.Length, end - Start.Length) is "admin")
        {
            return false;
        }

        match = new TagMatch(Start.Length..end, Start.Length..(end + 1));
        return true;
    }

    /// <summary>The dot behind the address or prefix of a listener's stat; -1 where the name is not of that form.</summary>
    internal static int EndOfAddress(string name)
    {
        if (!name.StartsWith(Start, StringComparison.Ordinal))
        {
            return -1;
        }

        int end = EndOfIPv4(name, Start.Length);
        end = end < 0 ? TokenEnd(name, Start.Length) : end;
        return end < name.Length && end > Start.Length ? end : -1;
    }

    /// <summary>
    /// Behind <c>d.d.d.d_port</c> where a dot follows it, else -1. IPv6 needs no care: it has no dots once sanitised.
    /// </summary>
    private static int EndOfIPv4(string name, int start)
    {
        int at = start;
        for (int part = 0; part < 4; part++)
        {
            int digits = at;
            while (at < name.Length && at - digits < 3 && char.IsAsciiDigit(name[at]))
            {
                at++;
            }

            char after = part < 3 ? '.' : '_';
            if (at == digits || at == name.Length || name[at] != after)
            {
                return -1;
            }

            at++;
        }

        int port = at;
        while (at < name.Length && char.IsAsciiDigit(name[at]))
        {
            at++;
        }

        return at > port && at < name.Length && name[at] == '.' ? at : -1;
    }
}
