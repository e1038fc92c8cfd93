using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.InputMatchers;

namespace Nuncio.Core.Tests.Matching.Tree;

/// <summary>What trees are asked about in tests: texts by name. A name that begins with "later" is not known yet.</summary>
internal sealed class Texts : Dictionary<string, string>
{
    internal static MatchInput<Texts> Input(string name) => new TextInput(name);

    internal static FieldMatcher<Texts> Is(string name, string text) =>
        new SingleFieldMatcher<Texts>(Input(name), new StringInputMatcher(new StringMatcher(StringMatchKind.Exact, text)));

    internal static OnMatch<Texts, string> To(string action) => new(action);

    internal static OnMatch<Texts, string> To(MatchTree<Texts, string> tree) => new(tree);

    internal static KeyValuePair<string, OnMatch<Texts, string>> Entry(string text, string action) => new(text, To(action));

    /// <summary>The action, "none" or "later".</summary>
    internal static string Ask(MatchTree<Texts, string> tree, Texts texts, List<string>? skipped = null) => tree.Match(texts, skipped, out string? action) switch
    {
        MatchOutcome.Matched => action!,
        MatchOutcome.NoMatch => "none",
        _ => "later",
    };

    private sealed class TextInput(string name) : MatchInput<Texts>
    {
        public override void Read(in Texts input, ref InputValue value)
        {
            if (name.StartsWith("later", StringComparison.Ordinal))
            {
                value.SetUnavailable();
            }
            else if (input.TryGetValue(name, out string? text))
            {
                value.Append(text);
            }
        }
    }
}
