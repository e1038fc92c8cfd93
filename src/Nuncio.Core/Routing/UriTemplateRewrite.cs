using System.Text;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Routing;

/// <summary>
/// A new path made of text and of the parts that a <see cref="UriTemplate"/> named. Envoy: envoy.path.rewrite.uri_template. Immutable;
/// any thread; no allocation.
/// </summary>
public sealed class UriTemplateRewrite
{
    private readonly UriTemplate _template;
    private readonly Part[] _parts;

    private UriTemplateRewrite(UriTemplate template, Part[] parts)
    {
        _template = template;
        _parts = parts;
    }

    /// <summary>Reads a pattern such as <c>/{lang}/{file}.vtt</c>; false, and why, when it is none for the template.</summary>
    public static bool TryParse(string pattern, UriTemplate template, out UriTemplateRewrite rewrite, out string error)
    {
        rewrite = null!;
        var parts = new List<Part>();
        error = Parse(pattern, template, parts);
        if (error.Length > 0)
        {
            return false;
        }

        rewrite = new UriTemplateRewrite(template, [.. parts]);
        return true;
    }

    /// <summary>Writes the new path; false when the path is not of the template's form.</summary>
    internal bool TryWrite(ReadOnlySpan<byte> path, ByteWriter into)
    {
        Span<Range> variables = stackalloc Range[UriTemplate.MaxVariables];
        if (!_template.TryMatch(path, variables))
        {
            return false;
        }

        foreach (ref readonly Part part in _parts.AsSpan())
        {
            into.Append(part.Variable < 0 ? part.Text : path[variables[part.Variable]]);
        }

        return true;
    }

    private static string Parse(string pattern, UriTemplate template, List<Part> parts)
    {
        if (!pattern.StartsWith('/') || pattern.Contains("//", StringComparison.Ordinal))
        {
            return "a rewrite begins with a slash and has no two slashes in a row";
        }

        for (int at = 0; at < pattern.Length;)
        {
            int open = pattern.IndexOf('{', at);
            string text = pattern[at..(open < 0 ? pattern.Length : open)];
            if (text.Length > 0)
            {
                if (!Ascii.IsValid(text) || !UriTemplate.IsText(Encoding.ASCII.GetBytes(text), withSlash: true))
                {
                    return $"\"{text}\" is no text of a rewrite: characters that a path may have, without braces";
                }

                parts.Add(new Part(Encoding.ASCII.GetBytes(text), -1));
            }

            if (open < 0)
            {
                break;
            }

            int close = pattern.IndexOf('}', open);
            if (close < 0)
            {
                return $"\"{pattern[open..]}\" has no closing brace";
            }

            string name = pattern[(open + 1)..close];
            int variable = -1;
            for (int i = 0; i < template.Variables.Count; i++)
            {
                variable = template.Variables[i] == name ? i : variable;
            }

            if (variable < 0)
            {
                return $"the template \"{template.Text}\" has no variable \"{name}\"";
            }

            parts.Add(new Part([], variable));
            at = close + 1;
        }

        return "";
    }

    /// <summary>A text, or the number of a variable.</summary>
    private readonly record struct Part(byte[] Text, int Variable);
}
