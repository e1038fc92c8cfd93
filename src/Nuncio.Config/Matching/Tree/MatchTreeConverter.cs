using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Matching.Tree;
using Xds.Core.V3;
using Xds.Type.Matcher.V3;
using Predicate = Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate;

namespace Nuncio.Config.Matching.Tree;

/// <summary>
/// Wire messages to a unified matcher, for any input and any action. One for each use of a matcher (which says what may be asked
/// and what an action is); main thread.
/// </summary>
public sealed class MatchTreeConverter<TInput, TAction>
    where TAction : class
{
    /// <summary>Deepest nesting of matchers, and of the tests of one: far more than any use, far less than a stack.</summary>
    private const int MaxDepth = 64;

    private readonly MatchInputs<TInput> _inputs;
    private readonly Func<TypedExtensionConfig, ConfigScope, TAction?> _toAction;
    private readonly FactoryContext _context;
    private readonly CustomTreeConverter<TInput, TAction> _custom;

    /// <param name="inputs">What may be asked.</param>
    /// <param name="toAction">Makes an action of what stands at the scope; null after an error.</param>
    /// <param name="context">The process.</param>
    public MatchTreeConverter(MatchInputs<TInput> inputs, Func<TypedExtensionConfig, ConfigScope, TAction?> toAction, FactoryContext context)
    {
        _inputs = inputs;
        _toAction = toAction;
        _context = context;
        _custom = new CustomTreeConverter<TInput, TAction>(this);
    }

    /// <summary>Whether the user of the matcher can do something with actions that are passed over.</summary>
    public bool AllowsKeepMatching { get; init; }

    /// <summary>The matcher; null after an error. <paramref name="scope"/> is the place of the Matcher.</summary>
    public MatchTree<TInput, TAction>? Convert(Matcher wire, ConfigScope scope) => Convert(wire, scope, 0);

    /// <summary>What a match leads to; null when there is nothing or after an error.</summary>
    internal OnMatch<TInput, TAction>? OnMatch(Matcher.Types.OnMatch? wire, ConfigScope scope, int depth)
    {
        if (wire is null)
        {
            return null;
        }

        if (wire.KeepMatching && !AllowsKeepMatching)
        {
            scope.Field("keep_matching").Error("keep_matching is not supported in this context");
        }

        switch (wire.OnMatchCase)
        {
            case Matcher.Types.OnMatch.OnMatchOneofCase.Matcher:
                return Convert(wire.Matcher, scope.Field("matcher"), depth + 1) is { } tree ? new(tree, wire.KeepMatching) : null;
            case Matcher.Types.OnMatch.OnMatchOneofCase.Action:
                return _toAction(wire.Action, scope.Field("action")) is { } action ? new(action, wire.KeepMatching) : null;
            default:
                scope.Error("found nothing that a match leads to, expected matcher or action");
                return null;
        }
    }

    private MatchTree<TInput, TAction>? Convert(Matcher wire, ConfigScope scope, int depth)
    {
        if (depth > MaxDepth)
        {
            scope.Error($"matchers are nested deeper than {MaxDepth} levels");
            return null;
        }

        int before = scope.ErrorCount;
        OnMatch<TInput, TAction>? onNoMatch = OnMatch(wire.OnNoMatch, scope.Field("on_no_match"), depth);
        MatchTree<TInput, TAction>? tree = wire.MatcherTypeCase switch
        {
            Matcher.MatcherTypeOneofCase.MatcherList => List(wire.MatcherList, onNoMatch, scope.Field("matcher_list").Field("matchers"), depth),
            Matcher.MatcherTypeOneofCase.MatcherTree => Tree(wire.MatcherTree, onNoMatch, scope.Field("matcher_tree"), depth),
            _ => new AnyTree<TInput, TAction>(onNoMatch),
        };
        return scope.ErrorCount > before ? null : tree;
    }

    private ListTree<TInput, TAction> List(Matcher.Types.MatcherList wire, OnMatch<TInput, TAction>? onNoMatch, ConfigScope scope, int depth)
    {
        var tests = new List<(FieldMatcher<TInput>, OnMatch<TInput, TAction>)>(wire.Matchers.Count);
        for (int i = 0; i < wire.Matchers.Count; i++)
        {
            ConfigScope place = scope.Item(i);
            FieldMatcher<TInput>? test = Test(wire.Matchers[i].Predicate, place.Field("predicate"), depth);
            OnMatch<TInput, TAction>? onMatch = OnMatch(wire.Matchers[i].OnMatch, place.Field("on_match"), depth);
            if (test is not null && onMatch is not null)
            {
                tests.Add((test, onMatch));
            }
        }

        return new ListTree<TInput, TAction>([.. tests], onNoMatch);
    }

    private MatchTree<TInput, TAction>? Tree(Matcher.Types.MatcherTree wire, OnMatch<TInput, TAction>? onNoMatch, ConfigScope scope, int depth)
    {
        MatchInput<TInput>? input = _inputs.Convert(wire.Input, _context, scope.Field("input"));
        if (input is { IsMetadata: true })
        {
            scope.Field("input").Error("gives metadata; a matcher_tree looks text up, so expected an input that gives text");
            return null;
        }

        switch (wire.TreeTypeCase)
        {
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.ExactMatchMap:
                List<KeyValuePair<string, OnMatch<TInput, TAction>>> exact = Map(wire.ExactMatchMap, scope.Field("exact_match_map"), depth);
                return input is null ? null : new ExactTree<TInput, TAction>(input, exact, onNoMatch);
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.PrefixMatchMap:
                List<KeyValuePair<string, OnMatch<TInput, TAction>>> prefixes = Map(wire.PrefixMatchMap, scope.Field("prefix_match_map"), depth);
                return input is null ? null : new PrefixTree<TInput, TAction>(input, prefixes, onNoMatch);
            case Matcher.Types.MatcherTree.TreeTypeOneofCase.CustomMatch:
                return _custom.Convert(wire.CustomMatch, input, onNoMatch, scope.Field("custom_match"), depth);
            default:
                scope.Error("found no map, expected exact_match_map, prefix_match_map or custom_match");
                return null;
        }
    }

    private List<KeyValuePair<string, OnMatch<TInput, TAction>>> Map(Matcher.Types.MatcherTree.Types.MatchMap wire, ConfigScope scope, int depth)
    {
        var map = new List<KeyValuePair<string, OnMatch<TInput, TAction>>>(wire.Map.Count);
        foreach ((string text, Matcher.Types.OnMatch entry) in wire.Map)
        {
            if (OnMatch(entry, scope.Field("map").Key(text), depth) is { } onMatch)
            {
                map.Add(new(text, onMatch));
            }
        }

        return map;
    }

    private FieldMatcher<TInput>? Test(Predicate wire, ConfigScope scope, int depth)
    {
        if (depth > MaxDepth)
        {
            scope.Error($"tests are nested deeper than {MaxDepth} levels");
            return null;
        }

        switch (wire.MatchTypeCase)
        {
            case Predicate.MatchTypeOneofCase.SinglePredicate:
                return Single(wire.SinglePredicate, scope.Field("single_predicate"));
            case Predicate.MatchTypeOneofCase.OrMatcher:
                return Tests(wire.OrMatcher, scope.Field("or_matcher").Field("predicate"), depth) is { } any ? new AnyFieldMatcher<TInput>(any) : null;
            case Predicate.MatchTypeOneofCase.AndMatcher:
                return Tests(wire.AndMatcher, scope.Field("and_matcher").Field("predicate"), depth) is { } all ? new AllFieldMatcher<TInput>(all) : null;
            case Predicate.MatchTypeOneofCase.NotMatcher:
                return Test(wire.NotMatcher, scope.Field("not_matcher"), depth + 1) is { } test ? new NotFieldMatcher<TInput>(test) : null;
            default:
                scope.Error("found no test, expected one of single_predicate, or_matcher, and_matcher, not_matcher");
                return null;
        }
    }

    private FieldMatcher<TInput>[]? Tests(Predicate.Types.PredicateList wire, ConfigScope scope, int depth)
    {
        var tests = new List<FieldMatcher<TInput>>(wire.Predicate.Count);
        for (int i = 0; i < wire.Predicate.Count; i++)
        {
            if (Test(wire.Predicate[i], scope.Item(i), depth + 1) is { } test)
            {
                tests.Add(test);
            }
        }

        return tests.Count == wire.Predicate.Count ? [.. tests] : null;
    }

    private SingleFieldMatcher<TInput>? Single(Predicate.Types.SinglePredicate wire, ConfigScope scope)
    {
        MatchInput<TInput>? input = _inputs.Convert(wire.Input, _context, scope.Field("input"));
        InputMatcher? matcher = InputMatcherConverter.Convert(wire, _context, scope);
        if (input is null || matcher is null)
        {
            return null;
        }

        if (input.IsMetadata != matcher.TakesMetadata)
        {
            scope.Field("input").Error(input.IsMetadata
                ? "gives metadata, which only custom_match with envoy.extensions.matching.input_matchers.metadata.v3.Metadata tests"
                : "gives text; envoy.extensions.matching.input_matchers.metadata.v3.Metadata tests metadata, so expected an input that gives it");
            return null;
        }

        return new SingleFieldMatcher<TInput>(input, matcher);
    }
}
