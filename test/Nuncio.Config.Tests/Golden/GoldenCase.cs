using System.Globalization;
using System.Text;
using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Golden;

/// <summary>
/// One case file: directives, the input, a line of dashes, and what must come out. Directives are lines that start with
/// <c>#!</c> and are not part of the input: <c>message</c> (default Bootstrap), <c>format</c> (yaml, json, pb),
/// <c>encoding hex</c> for input that is not text, <c>allow-unknown-fields</c>, <c>limit nodes|expanded|depth|bytes N</c>. A line
/// <c>==== overlay</c> begins the text of <c>--config-yaml</c>.
/// </summary>
internal sealed class GoldenCase
{
    private const string Dashes = "----------------------------------------";
    private const string OverlayLine = "==== overlay\n";

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default
        .WithTypeRegistry(ApiRegistry.Types).WithPreserveProtoFieldNames(true).WithIndentation("  "));

    private readonly string _head;
    private readonly string _input;
    private readonly Dictionary<string, string> _directives = [];
    private LoadLimits _limits = LoadLimits.Default;

    private GoldenCase(string text)
    {
        int cut = text.IndexOf(Dashes + "\n", StringComparison.Ordinal);
        _head = cut < 0 ? text : text[..cut];
        Expected = cut < 0 ? "" : text[(cut + Dashes.Length + 1)..];
        StringBuilder input = new();
        foreach (string line in _head.Split('\n').SkipLast(1))
        {
            if (line.StartsWith("#! ", StringComparison.Ordinal))
            {
                string[] words = line[3..].Split(' ', 2);
                AddDirective(words[0], words.Length > 1 ? words[1] : "");
            }
            else
            {
                input.Append(line).Append('\n');
            }
        }

        _input = input.ToString();
    }

    /// <summary>What must come out.</summary>
    public string Expected { get; }

    /// <summary>Reads a case file.</summary>
    public static GoldenCase Read(string path) => new(File.ReadAllText(path));

    /// <summary>The case file with <paramref name="output"/> as what must come out.</summary>
    public string WithExpected(string output) => _head + Dashes + "\n" + output;

    /// <summary>What comes out: the message as JSON after "ok", or all errors, one a line.</summary>
    public string Run()
    {
        ConfigErrors errors = new();
        StringBuilder output = new();
        IMessage? message = Load(errors, out IReadOnlyList<ConfigError> warnings);
        foreach (ConfigError warning in warnings)
        {
            output.Append("warning: ").Append(warning).Append('\n');
        }

        foreach (ConfigError error in errors.Items)
        {
            output.Append("error: ").Append(error).Append('\n');
        }

        if (errors.Count > errors.Items.Count)
        {
            output.Append(CultureInfo.InvariantCulture, $"and {errors.Count - errors.Items.Count} more\n");
        }

        Assert.Equal(errors.Any, message is null);
        if (message is not null)
        {
            output.Append("ok\n").Append(Formatter.Format(message)).Append('\n');
        }

        return output.ToString();
    }

    private void AddDirective(string name, string value)
    {
        if (name != "limit")
        {
            _directives[name] = value;
            return;
        }

        string[] words = value.Split(' ');
        int number = int.Parse(words[1], CultureInfo.InvariantCulture);
        _limits = words[0] switch
        {
            "nodes" => _limits with { MaxNodes = number },
            "expanded" => _limits with { MaxExpanded = number },
            "depth" => _limits with { MaxDepth = number },
            _ => _limits with { MaxBytes = number },
        };
    }

    private IMessage? Load(ConfigErrors errors, out IReadOnlyList<ConfigError> warnings)
    {
        LoadOptions options = new() { AllowUnknownFields = _directives.ContainsKey("allow-unknown-fields"), Limits = _limits };
        string[] parts = _input.Split(OverlayLine);
        string suffix = _directives.GetValueOrDefault("format", "yaml");
        byte[] bytes = _directives.GetValueOrDefault("encoding") == "hex"
            ? Convert.FromHexString(string.Concat(parts[0].Where(char.IsAsciiHexDigit)))
            : Encoding.UTF8.GetBytes(parts[0]);
        if (_directives.TryGetValue("message", out string? type))
        {
            return MessageLoaders.Load(type, bytes, SourceFile.FormatOf("case." + suffix), "case." + suffix, options, errors, out warnings);
        }

        string directory = Directory.CreateTempSubdirectory("nuncio-golden-").FullName;
        string? path = null;
        try
        {
            path = Path.Combine(directory, "case." + suffix);
            File.WriteAllBytes(path, bytes);
            LoadedBootstrap? loaded = ConfigLoader.LoadBootstrap(path, parts.Length > 1 ? parts[1] : null, options, errors);
            warnings = loaded?.Warnings ?? [];
            return loaded?.Message;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
