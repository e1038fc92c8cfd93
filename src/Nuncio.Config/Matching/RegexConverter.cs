using Envoy.Type.Matcher.V3;
using Nuncio.Config.Errors;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;

namespace Nuncio.Config.Matching;

/// <summary>Wire message to regular expression. Stateless; any thread.</summary>
public static class RegexConverter
{
    private const string SizeLimitKey = "re2.max_program_size.error_level";

    /// <summary>The expression; null after an error. <paramref name="scope"/> is the place of the RegexMatcher.</summary>
    public static Re2Regex? Convert(RegexMatcher message, LayeredRuntime runtime, ConfigScope scope)
    {
        // Envoy: the deprecated field, where it is set, replaces the process-wide limit.
        ulong limit = message.GoogleRe2?.MaxProgramSize ?? runtime.Key(SizeLimitKey).GetInteger(Re2Regex.DefaultMaxProgramSize);
        ConfigScope place = scope.Field("regex");
        if (message.Regex.Length == 0)
        {
            place.Error("found nothing, expected a regular expression");
            return null;
        }

        if (Re2Regex.TryCompile(message.Regex, out Re2Regex regex, out string error, limit))
        {
            return regex;
        }

        place.Error(error);
        return null;
    }

    /// <summary>The expression and what replaces its matches; null after an error.</summary>
    public static RegexRewrite? ConvertRewrite(RegexMatchAndSubstitute message, LayeredRuntime runtime, ConfigScope scope)
    {
        if (message.Pattern is null)
        {
            scope.Field("pattern").Error("found nothing, expected a regular expression");
            return null;
        }

        if (Convert(message.Pattern, runtime, scope.Field("pattern")) is not { } regex)
        {
            return null;
        }

        if (RegexRewrite.TryCreate(regex, message.Substitution, out RegexRewrite rewrite, out string error))
        {
            return rewrite;
        }

        scope.Field("substitution").Error(error);
        return null;
    }
}
