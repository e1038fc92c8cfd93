using Nuncio.Config.Errors;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nuncio.Config.Loading;

/// <summary>
/// Builds <see cref="ConfigNode"/>s from YAML, on top of YamlDotNet's event layer: its object layers lose positions, and
/// expand aliases before anyone can count them. Anchors, aliases and merge keys work; duplicate keys, several documents,
/// keys that are not scalars and tags of one's own are refused. One per source.
/// </summary>
internal sealed class YamlTreeReader
{
    private readonly string _source;
    private readonly NodeBudget _budget;
    private readonly IParser _parser;

    // An anchor whose node is still open maps to null: an alias to it would contain itself.
    private readonly Dictionary<string, ConfigNode?> _anchors = [];

    private YamlTreeReader(string text, string source, LoadLimits limits)
    {
        _source = source;
        _budget = new NodeBudget(limits);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The single document in <paramref name="text"/>, or null when there is none. Throws <see cref="SourceFault"/>.</summary>
    public static ConfigNode? Read(string text, string source, LoadLimits limits)
    {
        try
        {
            return new YamlTreeReader(text, source, limits).ReadStream();
        }
        catch (YamlException e)
        {
            SourcePosition at = new(source, (int)e.Start.Line, (int)e.Start.Column);
            bool isTab = e.Message.Contains("tab", StringComparison.Ordinal);
            throw new SourceFault(isTab ? FirstTab(text, at) : at, "bad YAML: " + Clean(e.Message));
        }
        catch (Exception e) when (
            e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The scanner is not ours; on some malformed input it fails in its own way instead of naming a place.
            throw new SourceFault(new SourcePosition(source, 1, 1), "bad YAML: the text cannot be scanned");
        }
    }

    private ConfigNode? ReadStream()
    {
        Take<StreamStart>();
        if (_parser.Current is StreamEnd)
        {
            return null;
        }

        Take<DocumentStart>();
        ConfigNode root = ReadNode(1);
        Take<DocumentEnd>();
        if (_parser.Current is DocumentStart next)
        {
            throw new SourceFault(At(next.Start), "found a second document, expected one");
        }

        return root.Kind == ConfigNodeKind.Null ? null : root;
    }

    private ConfigNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        SourcePosition at = At(current.Start);
        _budget.CheckDepth(depth, at);
        if (current is AnchorAlias alias)
        {
            return ReadAlias(alias, at, depth);
        }

        _budget.Spend(at);
        if (current is not NodeEvent node)
        {
            throw new SourceFault(at, "bad YAML: found no value where one must be");
        }

        string? anchor = node.Anchor.IsEmpty ? null : node.Anchor.Value;
        CheckTag(node, at);
        if (anchor is not null)
        {
            _anchors[anchor] = null;
        }

        ConfigNode read = node switch
        {
            Scalar scalar => ReadScalar(scalar, at),
            SequenceStart => ReadList(at, depth),
            _ => ReadObject(at, depth),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = read;
        }

        return read;
    }

    private ConfigNode ReadAlias(AnchorAlias alias, SourcePosition at, int depth)
    {
        Move();
        if (!_anchors.TryGetValue(alias.Value.Value, out ConfigNode? target))
        {
            throw new SourceFault(at, $"found the alias *{Name(alias)}, which no anchor above defines");
        }

        if (target is null)
        {
            throw new SourceFault(at, $"found the alias *{Name(alias)} inside the very value it stands for");
        }

        _budget.Expand(target.Weight, at);
        _budget.CheckDepth(depth + target.Height - 1, at);
        return target.At(at);
    }

    private ConfigNode ReadScalar(Scalar scalar, SourcePosition at)
    {
        Move();
        bool text = scalar.Style != ScalarStyle.Plain || IsTextTag(scalar.Tag);
        string value = scalar.Value;
        ConfigNodeKind kind = text ? ConfigNodeKind.Text : YamlScalar.Resolve(value, out value);
        return new ConfigNode { Kind = kind, Position = at, Text = value };
    }

    private ConfigNode ReadList(SourcePosition at, int depth)
    {
        Take<SequenceStart>();
        ConfigNode list = new() { Kind = ConfigNodeKind.List, Position = at, Items = [] };
        while (_parser.Current is not SequenceEnd)
        {
            ConfigNode item = ReadNode(depth + 1);
            list.Items.Add(item);
            Grow(list, item);
        }

        Move();
        return list;
    }

    private ConfigNode ReadObject(SourcePosition at, int depth)
    {
        Take<MappingStart>();
        ConfigNode result = new() { Kind = ConfigNodeKind.Object, Position = at, Entries = [] };
        HashSet<string> keys = [];
        List<ConfigNode>? merged = null;
        while (_parser.Current is not MappingEnd)
        {
            (string key, SourcePosition keyAt, bool isMerge) = ReadKey();
            ConfigNode value = ReadNode(depth + 1);
            if (isMerge)
            {
                (merged ??= []).AddRange(MergeSources(value));
                continue;
            }

            if (!keys.Add(key))
            {
                throw new SourceFault(keyAt, $"found the key \"{ConfigNode.Shorten(key)}\" a second time in the same object");
            }

            result.Entries.Add(new ConfigEntry(key, keyAt, value));
            Grow(result, value);
        }

        Move();
        Merge(result, keys, merged, at);
        return result;
    }

    private (string Key, SourcePosition At, bool IsMerge) ReadKey()
    {
        ParsingEvent current = _parser.Current!;
        SourcePosition at = At(current.Start);
        _budget.Spend(at);
        switch (current)
        {
            case Scalar scalar:
                Move();
                if (!scalar.Anchor.IsEmpty)
                {
                    _anchors[scalar.Anchor.Value] = new ConfigNode { Kind = ConfigNodeKind.Text, Position = at, Text = scalar.Value };
                }

                return (scalar.Value, at, scalar.Style == ScalarStyle.Plain && scalar.Value == "<<");
            case AnchorAlias alias:
                ConfigNode target = ReadAlias(alias, at, 1);
                if (target.Kind is ConfigNodeKind.Text or ConfigNodeKind.Number or ConfigNodeKind.Bool)
                {
                    return (target.Text, at, false);
                }

                break;
        }

        throw new SourceFault(at, "found a list or an object as a key, expected text");
    }

    // Explicit keys win over merged ones, earlier sources over later ones (https://yaml.org/type/merge.html).
    private void Merge(ConfigNode into, HashSet<string> keys, List<ConfigNode>? sources, SourcePosition at)
    {
        foreach (ConfigNode source in sources ?? [])
        {
            foreach (ConfigEntry entry in source.Entries)
            {
                if (keys.Add(entry.Key))
                {
                    _budget.Expand(entry.Value.Weight, at);
                    into.Entries.Add(entry);
                    Grow(into, entry.Value);
                }
            }
        }
    }

    private static IEnumerable<ConfigNode> MergeSources(ConfigNode value)
    {
        List<ConfigNode> sources = value.Kind == ConfigNodeKind.List ? value.Items : [value];
        foreach (ConfigNode source in sources)
        {
            if (source.Kind != ConfigNodeKind.Object)
            {
                throw new SourceFault(source.Position, $"found {source.Describe()} to merge with <<, expected an object");
            }
        }

        return sources;
    }

    private static void Grow(ConfigNode parent, ConfigNode child)
    {
        parent.Weight += child.Weight;
        parent.Height = Math.Max(parent.Height, child.Height + 1);
    }

    private static void CheckTag(NodeEvent node, SourcePosition at)
    {
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && !node.Tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
        {
            throw new SourceFault(at, $"found the tag {ConfigNode.Shorten(node.Tag.Value)}; tags mean nothing in a configuration");
        }
    }

    private static bool IsTextTag(TagName tag) => !tag.IsEmpty && (tag.IsNonSpecific || tag.Value == "tag:yaml.org,2002:str");

    private static string Name(AnchorAlias alias) => ConfigNode.Shorten(alias.Value.Value);

    private SourcePosition At(Mark mark) => new(_source, (int)mark.Line, (int)mark.Column);

    private void Take<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            Move();
        }

        if (_parser.Current is not T)
        {
            throw new SourceFault(At(_parser.Current!.Start), "bad YAML: the document is not complete");
        }

        Move();
    }

    private void Move()
    {
        // At the end of the stream the parser has no next event; the last one stays current.
        _ = _parser.MoveNext();
    }

    // The scanner names the start of what it was in; the tab is what has to be mended.
    private static SourcePosition FirstTab(string text, SourcePosition otherwise)
    {
        int line = 0;
        foreach (ReadOnlySpan<char> content in text.AsSpan().EnumerateLines())
        {
            line++;
            int indentation = content.IndexOfAnyExcept(' ');
            if (line >= otherwise.Line && indentation >= 0 && content[indentation] == '\t')
            {
                return otherwise with { Line = line, Column = indentation + 1 };
            }
        }

        return otherwise;
    }

    private static string Clean(string message) =>
        message.Length == 0 ? "the text cannot be scanned" : char.ToLowerInvariant(message[0]) + ConfigNode.Shorten(message[1..], 200).TrimEnd('.');
}
