using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Runtime;
using Nuncio.Core.Matching;
using Nuncio.Core.Matching.Tree;
using Nuncio.Core.Matching.Tree.InputMatchers;
using ConsistentHashing = Envoy.Extensions.Matching.InputMatchers.ConsistentHashing.V3.ConsistentHashing;
using Ip = Envoy.Extensions.Matching.InputMatchers.Ip.V3.Ip;
using Metadata = Envoy.Extensions.Matching.InputMatchers.Metadata.V3.Metadata;
using Predicate = Xds.Type.Matcher.V3.Matcher.Types.MatcherList.Types.Predicate.Types.SinglePredicate;
using RuntimeFraction = Envoy.Extensions.Matching.InputMatchers.RuntimeFraction.V3.RuntimeFraction;

namespace Nuncio.Config.Matching.Tree;

/// <summary>Wire messages to tests on inputs. Stateless.</summary>
public static class InputMatcherConverter
{
    /// <summary>The test of a predicate; null after an error. <paramref name="scope"/> is the predicate's place.</summary>
    public static InputMatcher? Convert(Predicate wire, FactoryContext context, ConfigScope scope)
    {
        switch (wire.MatcherCase)
        {
            case Predicate.MatcherOneofCase.ValueMatch:
                return StringMatcherConverter.Convert(wire.ValueMatch, context.Runtime, scope.Field("value_match")) is { } text
                    ? new StringInputMatcher(text)
                    : null;
            case Predicate.MatcherOneofCase.CustomMatch:
                ConfigScope place = scope.Field("custom_match").Field("typed_config");
                return TypedMessage.Unpack(wire.CustomMatch, "input matcher", place) is { } message
                    ? Custom(message, wire.CustomMatch.Name, context, place)
                    : null;
            default:
                scope.Error("found no test, expected value_match or custom_match");
                return null;
        }
    }

    private static InputMatcher? Custom(IMessage message, string name, FactoryContext context, ConfigScope scope)
    {
        switch (message)
        {
            case Ip ip:
                int before = scope.ErrorCount;
                IReadOnlyList<IpPrefix> prefixes = IpPrefixConverter.ConvertAll(ip.CidrRanges, scope.Field("cidr_ranges"));
                return scope.ErrorCount == before ? new IpInputMatcher(prefixes) : null;
            case RuntimeFraction fraction:
                return new RuntimeFractionInputMatcher(RuntimeFractionConverter.Convert(fraction.RuntimeFraction_, context.Runtime), fraction.Seed);
            case ConsistentHashing hashing:
                return new ConsistentHashingInputMatcher(hashing.Threshold, hashing.Modulo, hashing.Seed);
            case Metadata metadata:
                return ValueMatcherConverter.Convert(metadata.Value, context.Runtime, scope.Field("value")) is { } value
                    ? new MetadataInputMatcher(value, metadata.Invert)
                    : null;
            default:
                scope.Error($"input matcher \"{name}\": {message.Descriptor.FullName} is no test on an input");
                return null;
        }
    }
}
