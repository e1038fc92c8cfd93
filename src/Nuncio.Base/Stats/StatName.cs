using System.Text;

namespace Nuncio.Base.Stats;

/// <summary>Makes a configured name fit to be part of a stat's name. Any thread.</summary>
public static class StatName
{
    /// <summary>
    /// Drops a dot at either end and makes <c>:</c> (with the slashes of a URL behind it) and control characters an underscore.
    /// </summary>
    /// <remarks>
    /// Envoy: the same for <c>:</c> and NUL. Other control characters are ours: a name with a line break in it could forge lines
    /// of the text and Prometheus formats.
    /// </remarks>
    public static string Sanitize(string name)
    {
        ReadOnlySpan<char> rest = name;
        if (rest.EndsWith('.'))
        {
            rest = rest[..^1];
        }

        if (rest.StartsWith('.'))
        {
            rest = rest[1..];
        }

        if (rest.IndexOf(':') < 0 && rest.IndexOfAnyInRange('\0', '\x1f') < 0 && rest.IndexOf('\x7f') < 0)
        {
            return rest.Length == name.Length ? name : rest.ToString();
        }

        var clean = new StringBuilder(rest.Length);
        for (int i = 0; i < rest.Length; i++)
        {
            char c = rest[i];
            clean.Append(c is ':' or < ' ' or '\x7f' ? '_' : c);
            if (c == ':')
            {
                i += rest[(i + 1)..] switch
                {
                    ['/', '/', ..] => 2,
                    ['/', ..] => 1,
                    _ => 0,
                };
            }
        }

        return clean.ToString();
    }
}
