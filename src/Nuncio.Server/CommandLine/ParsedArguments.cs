using System.CommandLine;
using System.CommandLine.Parsing;
using Nuncio.Config.Loading;

namespace Nuncio.Server.CommandLine;

/// <summary>The arguments sorted to their options, values still as text. Made per parse.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<string, Option> _options = new(StringComparer.Ordinal);
    private readonly ParseResult _result;

    private ParsedArguments(string[] arguments)
    {
        var command = new Command("nuncio");
        foreach (OptionSpec spec in OptionTable.All)
        {
            Option option = spec.ValueName is null
                ? new Option<bool>(spec.Name) { Arity = ArgumentArity.Zero }
                : new Option<string[]>(spec.Name) { Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
            if (spec.Alias is not null)
            {
                option.Aliases.Add(spec.Alias);
            }

            command.Options.Add(option);
            _options.Add(spec.Name, option);
        }

        // Bundling would read -lc as two options, a response file would take @name of --socket-path for a file.
        _result = command.Parse(arguments, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
    }

    /// <summary>Sorts the arguments; false with the reason when one of them fits nowhere.</summary>
    internal static bool TryParse(string[] arguments, out ParsedArguments parsed, out string error)
    {
        parsed = new ParsedArguments(arguments);
        error = parsed.FindError();
        return error.Length == 0;
    }

    /// <summary>Whether the option was given.</summary>
    internal bool Has(string name) => _result.GetResult(_options[name]) is OptionResult { Implicit: false };

    /// <summary>The value of the option, or null.</summary>
    internal string? Value(string name) => Values(name) is [string value, ..] ? value : null;

    /// <summary>All values of a repeated option.</summary>
    internal string[] Values(string name) => _result.GetValue((Option<string[]>)_options[name]) ?? [];

    private string FindError()
    {
        foreach (string token in _result.UnmatchedTokens)
        {
            string name = token.Split('=')[0];
            if (OptionTable.Refused.TryGetValue(name, out string? why))
            {
                return $"{name}: {why}";
            }

            return name.StartsWith('-')
                ? $"unknown option \"{name}\"{NearestName.Suggest(name, _options.Keys)}"
                : $"found \"{token}\", expected an option";
        }

        foreach (OptionSpec spec in OptionTable.All)
        {
            if (_result.GetResult(_options[spec.Name]) is not OptionResult { Implicit: false } found)
            {
                continue;
            }

            if (spec.ValueName is not null && found.Tokens.Count == 0)
            {
                return $"{spec.Name} needs a value ({spec.ValueName})";
            }

            if (found.IdentifierTokenCount > 1 && !spec.IsRepeatable)
            {
                return $"{spec.Name} is given more than once";
            }
        }

        return _result.Errors.Count == 0 ? "" : _result.Errors[0].Message;
    }
}
