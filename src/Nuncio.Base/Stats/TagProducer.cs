using System.Runtime.InteropServices;
using System.Text;

namespace Nuncio.Base.Stats;

/// <summary>Takes tags out of the names of new stats.</summary>
/// <remarks>
/// Owned by the store and called under its lock. Every extractor sees the whole name; what they found is removed afterwards.
/// Stats are made in runs (all of a cluster, all of a listener), so that tags equal to those of the stat before share its array.
/// </remarks>
internal sealed class TagProducer
{
    /// <summary>
    /// Extracted names that are shared between stats. They are few (one per counter in the code), unless dots in configured names
    /// make them many: then later ones are simply not shared.
    /// </summary>
    private const int MaxSharedNames = 4096;

    private readonly List<StatTag> _fixed = [];
    private readonly List<TagExtractor> _always = [];
    private readonly Dictionary<string, List<TagExtractor>> _byFirstToken = [];
    private readonly HashSet<string> _sharedNames = [];

    // Scratch of one call.
    private readonly List<StatTag> _found = [];
    private readonly List<Range> _removed = [];
    private readonly StringBuilder _name = new();

    private StatTag[] _last = [];

    internal TagProducer(IReadOnlyList<TagSpecifier> specifiers, bool useAllDefaultTags)
    {
        if (useAllDefaultTags)
        {
            AddAll(DefaultTags.Extractors);
        }

        foreach (TagSpecifier specifier in specifiers)
        {
            if (specifier.FixedValue is { } value)
            {
                _fixed.Add(new StatTag(specifier.Name, value));
            }

            AddAll(specifier.Extractors);
        }
    }

    /// <summary>The tags of a full name and what is left of it.</summary>
    internal StatIdentity Identify(string name)
    {
        _found.Clear();
        _found.AddRange(_fixed);
        _removed.Clear();
        Extract(name, _always);
        int dot = name.IndexOf('.');
        var lookup = _byFirstToken.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(name.AsSpan(0, dot < 0 ? name.Length : dot), out List<TagExtractor>? extractors))
        {
            Extract(name, extractors);
        }

        return new StatIdentity(name, _removed.Count == 0 ? name : Remainder(name), ShareTags());
    }

    private void AddAll(IReadOnlyList<TagExtractor> extractors)
    {
        foreach (TagExtractor extractor in extractors)
        {
            if (extractor.FirstToken.Length == 0)
            {
                _always.Add(extractor);
                continue;
            }

            if (!_byFirstToken.TryGetValue(extractor.FirstToken, out List<TagExtractor>? list))
            {
                _byFirstToken[extractor.FirstToken] = list = [];
            }

            list.Add(extractor);
        }
    }

    private void Extract(string name, List<TagExtractor> extractors)
    {
        foreach (TagExtractor extractor in extractors)
        {
            if (!HasExtracted(extractor.TagName) && extractor.TryExtract(name, out TagMatch match))
            {
                _found.Add(new StatTag(extractor.TagName, name[match.Value]));
                _removed.Add(match.Removed);
            }
        }
    }

    // A fixed tag of the same name does not stand in the way of an extracted one.
    private bool HasExtracted(string tagName)
    {
        for (int i = _fixed.Count; i < _found.Count; i++)
        {
            if (_found[i].Name == tagName)
            {
                return true;
            }
        }

        return false;
    }

    private string Remainder(string name)
    {
        _removed.Sort(static (a, b) => a.Start.Value.CompareTo(b.Start.Value));
        _name.Clear();
        int kept = 0;
        foreach (Range range in _removed)
        {
            if (range.Start.Value > kept)
            {
                _name.Append(name, kept, range.Start.Value - kept);
            }

            kept = Math.Max(kept, range.End.Value);
        }

        _name.Append(name, kept, name.Length - kept);
        string remainder = _name.ToString().TrimEnd('.');
        if (_sharedNames.TryGetValue(remainder, out string? shared))
        {
            return shared;
        }

        if (_sharedNames.Count < MaxSharedNames)
        {
            _sharedNames.Add(remainder);
        }

        return remainder;
    }

    private StatTag[] ShareTags()
    {
        ReadOnlySpan<StatTag> found = CollectionsMarshal.AsSpan(_found);
        if (!found.SequenceEqual(_last))
        {
            _last = found.ToArray();
        }

        return _last;
    }
}
