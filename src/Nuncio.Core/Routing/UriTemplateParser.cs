using System.Buffers;
using System.Text;

namespace Nuncio.Core.Routing;

/// <summary>
/// Reads the templates of <see cref="UriTemplate"/> and refuses what Envoy refuses. One for each template, on the control plane.
/// </summary>
/// <remarks>
/// Grammar: <c>/</c>, then segments with a slash between them. A segment is a text, <c>*</c>, <c>**</c>, <c>{name}</c> or
/// <c>{name=a/*/**}</c>; behind the last one there may be a text (<c>/*.mp4</c>), and a slash at the end counts.
/// </remarks>
public sealed class UriTemplateParser
{
    private const int MaxNameLength = 16;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly string _template;
    private readonly List<UriTemplatePart> _parts = [];
    private readonly List<string> _variables = [];
    private readonly StringBuilder _text = new();
    private bool _anySegmentsSeen;
    private string? _error;
    private int _at;

    private UriTemplateParser(string template) => _template = template;

    private bool AtEnd => _at == _template.Length;

    /// <summary>Reads a template; false, and why, when it is none.</summary>
    public static bool TryParse(string template, out UriTemplate parsed, out string error)
    {
        UriTemplateParser parser = new(template);
        bool good = parser.Parse();
        error = parser._error ?? "";
        parsed = good ? new UriTemplate(template, parser._parts, parser._variables) : null!;
        return good;
    }

    /// <summary>Whether a name in braces is one.</summary>
    internal static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    private bool Parse()
    {
        if (!_template.StartsWith('/') || _template.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return Fail("a path template begins with a slash and has printable ASCII characters only");
        }

        while (!AtEnd)
        {
            _text.Append('/');
            _at++;
            if (AtEnd)
            {
                break; // The slash at the end.
            }

            if (!ParseSegment() || (!AtEnd && _template[_at] != '/' && !ParseSuffix()))
            {
                return false;
            }
        }

        EndText();
        return true;
    }

    private bool ParseSegment() => _template[_at] switch
    {
        '*' => ParseGlob(),
        '{' => ParseVariable(),
        _ => ParseText(_template.Length),
    };

    private bool ParseSuffix()
    {
        if (!ParseText(_template.Length))
        {
            return false;
        }

        return AtEnd || Fail("text directly behind a glob or a variable must be the end of the template");
    }

    private bool ParseGlob()
    {
        bool isAny = _template.AsSpan(_at).StartsWith("**");
        _at += isAny ? 2 : 1;
        return AddGlob(isAny);
    }

    private bool AddGlob(bool isAny)
    {
        if (_anySegmentsSeen)
        {
            return Fail("nothing but text may follow **");
        }

        EndText();
        _anySegmentsSeen = isAny;
        _parts.Add(new UriTemplatePart(isAny ? UriTemplatePartKind.AnySegments : UriTemplatePartKind.OneSegment, [], 0));
        return true;
    }

    private bool ParseText(int end)
    {
        int slash = _template.IndexOf('/', _at, end - _at);
        string text = _template[_at..(slash < 0 ? end : slash)];
        if (text.Length == 0 || !UriTemplate.IsText(Encoding.ASCII.GetBytes(text), withSlash: false))
        {
            return Fail($"\"{text}\" is no text of a template: one or more of the characters that a path may have, without braces");
        }

        _text.Append(text);
        _at += text.Length;
        return true;
    }

    private bool ParseVariable()
    {
        int close = _template.IndexOf('}', _at);
        if (close < 0)
        {
            return Fail($"\"{_template[_at..]}\" has no closing brace");
        }

        int equals = _template.IndexOf('=', _at, close - _at);
        string name = _template[(_at + 1)..(equals < 0 ? close : equals)];
        if (!AddName(name))
        {
            return false;
        }

        EndText();
        int variable = _variables.Count - 1;
        _parts.Add(new UriTemplatePart(UriTemplatePartKind.Open, [], variable));
        bool good;
        if (equals < 0)
        {
            good = AddGlob(isAny: false);
        }
        else
        {
            _at = equals + 1;
            good = ParseVariableForm(close);
        }

        _at = close + 1;
        EndText();
        _parts.Add(new UriTemplatePart(UriTemplatePartKind.Close, [], variable));
        return good;
    }

    private bool AddName(string name)
    {
        if (!IsName(name))
        {
            return Fail($"\"{name}\" is no name of a variable: a letter, then letters, digits and underscores");
        }

        if (name.Length > MaxNameLength)
        {
            return Fail($"the name \"{name}\" is longer than {MaxNameLength} characters");
        }

        if (_variables.Contains(name))
        {
            return Fail($"the name \"{name}\" is there twice");
        }

        _variables.Add(name);
        return _variables.Count <= UriTemplate.MaxVariables || Fail($"there are more than {UriTemplate.MaxVariables} variables");
    }

    private bool ParseVariableForm(int end)
    {
        do
        {
            if (_at >= end)
            {
                return Fail("a variable's form is empty or ends with a slash");
            }

            if (!(_template[_at] == '*' ? ParseGlob() : ParseText(end)))
            {
                return false;
            }

            if (_at < end && _template[_at] != '/')
            {
                return Fail($"\"{_template[_at..end]}\" cannot follow a glob within a variable");
            }

            if (_at < end)
            {
                _text.Append('/');
            }
        }
        while (_at++ < end);
        return true;
    }

    private void EndText()
    {
        if (_text.Length > 0)
        {
            _parts.Add(new UriTemplatePart(UriTemplatePartKind.Text, Encoding.ASCII.GetBytes(_text.ToString()), 0));
            _text.Clear();
        }
    }

    private bool Fail(string error)
    {
        _error ??= error;
        return false;
    }
}
