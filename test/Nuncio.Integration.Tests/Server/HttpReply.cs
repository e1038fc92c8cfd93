using System.Globalization;

namespace Nuncio.Integration.Tests.Server;

/// <summary>A message as it came: first line, headers in order, body. Also used for requests.</summary>
internal sealed class HttpReply
{
    private readonly List<(string Name, string Value)> _headers = [];

    internal HttpReply(string head)
    {
        string[] lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        FirstLine = lines[0];
        foreach (string line in lines.Skip(1))
        {
            int colon = line.IndexOf(':');
            _headers.Add((line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim()));
        }
    }

    internal string FirstLine { get; }

    internal int Status => int.Parse(FirstLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    internal string Body { get; set; } = "";

    /// <summary>The first value of a header; null when it is absent.</summary>
    internal string? Header(string name) => _headers.Find(h => h.Name == name).Value;
}
