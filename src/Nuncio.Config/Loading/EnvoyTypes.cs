using System.Collections.Frozen;

namespace Nuncio.Config.Loading;

/// <summary>
/// Names of the extension messages that Envoy has, so that one which Nuncio lacks is told apart from one that does not
/// exist anywhere. Read from the resource <c>EnvoyTypes.txt</c> on first use; immutable, any thread.
/// </summary>
internal static class EnvoyTypes
{
    private static readonly Lazy<FrozenSet<string>> All = new(Read);

    /// <summary>Why no message of the type <paramref name="name"/> can be made here, and which was meant.</summary>
    public static string DescribeUnknown(string name)
    {
        if (All.Value.Contains(name))
        {
            return $"the extension type {name} is not supported by this version";
        }

        string hint = name.Contains(".v2.", StringComparison.Ordinal) || name.Contains(".v2alpha", StringComparison.Ordinal)
            ? "; types of Envoy's API version 2 are gone, write those of version 3"
            : NearestName.Suggest(name, ApiRegistry.Names.Concat(All.Value));
        return $"found the unknown type \"{ConfigNode.Shorten(name, 150)}\"{hint}";
    }

    // A line is a package, a colon and the short names of its messages.
    private static FrozenSet<string> Read()
    {
        using Stream stream = typeof(EnvoyTypes).Assembly.GetManifestResourceStream("EnvoyTypes.txt")!;
        using StreamReader reader = new(stream);
        HashSet<string> names = [];
        while (reader.ReadLine() is { } line)
        {
            int colon = line.IndexOf(':');
            foreach (string name in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                names.Add(line[..colon] + "." + name);
            }
        }

        return names.ToFrozenSet();
    }
}
