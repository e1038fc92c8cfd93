using Envoy.Config.Core.V3;
using Envoy.Extensions.Path.Match.UriTemplate.V3;
using Envoy.Extensions.Path.Rewrite.UriTemplate.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Routing;

namespace Nuncio.Config.Routes;

/// <summary>
/// Wire message to the path rules and rewrites by template, the only ones of their kinds. Stateless; any thread.
/// </summary>
internal static class UriTemplateConverter
{
    /// <summary>The rule; null after an error. <paramref name="scope"/> is the place of the typed_config.</summary>
    internal static RouteMatcher? ConvertMatch(TypedExtensionConfig policy, ConfigScope scope)
    {
        if (policy.TypedConfig is null || !AnyDecoder.TryUnpack(policy.TypedConfig, out UriTemplateMatchConfig? message))
        {
            scope.Error($"expected a {UriTemplateMatchConfig.Descriptor.FullName}, the only path_match_policy there is");
            return null;
        }

        if (UriTemplateParser.TryParse(message.PathTemplate, out UriTemplate template, out string error))
        {
            return RouteMatcher.ForTemplate(template);
        }

        scope.Field("path_template").Error($"found '{message.PathTemplate}', expected a path template: {error}");
        return null;
    }

    /// <summary>
    /// The rewrite for a route with <paramref name="matcher"/>, which is null after an error of its own; null after an error.
    /// </summary>
    internal static PathRewrite? ConvertRewrite(TypedExtensionConfig policy, RouteMatcher? matcher, ConfigScope scope)
    {
        if (policy.TypedConfig is null || !AnyDecoder.TryUnpack(policy.TypedConfig, out UriTemplateRewriteConfig? message))
        {
            scope.Error($"expected a {UriTemplateRewriteConfig.Descriptor.FullName}, the only path_rewrite_policy there is");
            return null;
        }

        if (matcher is null)
        {
            return null;
        }

        if (matcher.Template is not { } template)
        {
            scope.Error("found a rewrite by template on a route without one, expected match.path_match_policy with a path_template");
            return null;
        }

        if (UriTemplateRewrite.TryParse(message.PathTemplateRewrite, template, out UriTemplateRewrite rewrite, out string error))
        {
            return PathRewrite.Template(rewrite);
        }

        scope.Field("path_template_rewrite").Error($"found '{message.PathTemplateRewrite}', expected a rewrite of the template: {error}");
        return null;
    }
}
