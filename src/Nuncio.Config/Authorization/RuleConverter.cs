using Nuncio.Config.Errors;
using Nuncio.Config.Matching;
using Nuncio.Core.Authorization;
using Nuncio.Core.Authorization.Rules;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using CoreWire = Envoy.Config.Core.V3;
using RouteWire = Envoy.Config.Route.V3;
using MatcherWire = Envoy.Type.Matcher.V3;
using Wire = Envoy.Config.Rbac.V3;

namespace Nuncio.Config.Authorization;

/// <summary>
/// Wire permissions and principals to rules. After an error the result is a rule that must not be used; the error is in the scope.
/// One per conversion.
/// </summary>
internal sealed class RuleConverter(bool hasRequests, LayeredRuntime runtime)
{
    /// <summary>Envoy allows the first number behind the last port, since the end of a range is not included.</summary>
    private const int LastPort = 65536;

    private static readonly AnyRule s_any = new();

    internal AuthorizationRule Permission(Wire.Permission wire, ConfigScope scope)
    {
        switch (wire.RuleCase)
        {
            case Wire.Permission.RuleOneofCase.AndRules:
                return new AndRule(Permissions(wire.AndRules, scope.Field("and_rules")));
            case Wire.Permission.RuleOneofCase.OrRules:
                return AnyOf(Permissions(wire.OrRules, scope.Field("or_rules")));
            case Wire.Permission.RuleOneofCase.NotRule:
                return new NotRule(Permission(wire.NotRule, scope.Field("not_rule")));
            case Wire.Permission.RuleOneofCase.Any:
                return s_any;
            case Wire.Permission.RuleOneofCase.Header:
                return Header(wire.Header, scope.Field("header"));
            case Wire.Permission.RuleOneofCase.UrlPath:
                return Path(wire.UrlPath, scope.Field("url_path"));
            case Wire.Permission.RuleOneofCase.DestinationIp:
                return Address(AuthorizationAddress.Destination, wire.DestinationIp, scope.Field("destination_ip"));
            case Wire.Permission.RuleOneofCase.DestinationPort:
                return new PortRule((int)wire.DestinationPort, (int)wire.DestinationPort + 1);
            case Wire.Permission.RuleOneofCase.DestinationPortRange:
                return Ports(wire.DestinationPortRange, scope.Field("destination_port_range"));
            case Wire.Permission.RuleOneofCase.Metadata:
                return Metadata(wire.Metadata, ofRoute: false, scope.Field("metadata"));
            case Wire.Permission.RuleOneofCase.SourcedMetadata:
                return Metadata(wire.SourcedMetadata, scope.Field("sourced_metadata"));
            case Wire.Permission.RuleOneofCase.RequestedServerName:
                return Text(wire.RequestedServerName, scope.Field("requested_server_name")) is { } name ? new ServerNameRule(name) : s_any;
            case Wire.Permission.RuleOneofCase.Matcher:
                return Refuse(wire.Matcher, scope.Field("matcher"));
            case Wire.Permission.RuleOneofCase.UriTemplate:
                return Refuse(wire.UriTemplate, scope.Field("uri_template"));
            default:
                scope.Error("found no rule, expected one such as any, destination_ip, destination_port, requested_server_name");
                return s_any;
        }
    }

    internal AuthorizationRule Principal(Wire.Principal wire, ConfigScope scope)
    {
        switch (wire.IdentifierCase)
        {
            case Wire.Principal.IdentifierOneofCase.AndIds:
                return new AndRule(Principals(wire.AndIds, scope.Field("and_ids")));
            case Wire.Principal.IdentifierOneofCase.OrIds:
                return AnyOf(Principals(wire.OrIds, scope.Field("or_ids")));
            case Wire.Principal.IdentifierOneofCase.NotId:
                return new NotRule(Principal(wire.NotId, scope.Field("not_id")));
            case Wire.Principal.IdentifierOneofCase.Any:
                return s_any;
            case Wire.Principal.IdentifierOneofCase.Authenticated:
                return Authenticated(wire.Authenticated, scope.Field("authenticated"));
            case Wire.Principal.IdentifierOneofCase.SourceIp:
                return Address(AuthorizationAddress.ConnectionRemote, wire.SourceIp, scope.Field("source_ip"));
            case Wire.Principal.IdentifierOneofCase.DirectRemoteIp:
                return Address(AuthorizationAddress.DirectRemote, wire.DirectRemoteIp, scope.Field("direct_remote_ip"));
            case Wire.Principal.IdentifierOneofCase.RemoteIp:
                return Address(AuthorizationAddress.Remote, wire.RemoteIp, scope.Field("remote_ip"));
            case Wire.Principal.IdentifierOneofCase.Header:
                return Header(wire.Header, scope.Field("header"));
            case Wire.Principal.IdentifierOneofCase.UrlPath:
                return Path(wire.UrlPath, scope.Field("url_path"));
            case Wire.Principal.IdentifierOneofCase.Metadata:
                return Metadata(wire.Metadata, ofRoute: false, scope.Field("metadata"));
            case Wire.Principal.IdentifierOneofCase.SourcedMetadata:
                return Metadata(wire.SourcedMetadata, scope.Field("sourced_metadata"));
            case Wire.Principal.IdentifierOneofCase.FilterState:
                return FilterState(wire.FilterState, scope.Field("filter_state"));
            case Wire.Principal.IdentifierOneofCase.Custom:
                return Refuse(wire.Custom, scope.Field("custom"));
            default:
                scope.Error("found no identifier, expected one such as any, direct_remote_ip, remote_ip, authenticated");
                return s_any;
        }
    }

    /// <summary>One rule for several; blocks of the same address are looked up together.</summary>
    internal static AuthorizationRule AnyOf(List<AuthorizationRule> rules)
    {
        var others = new List<AuthorizationRule>();
        var blocks = new Dictionary<AuthorizationAddress, List<IpPrefix>>();
        foreach (AuthorizationRule rule in rules)
        {
            if (rule is not AddressRule address)
            {
                others.Add(rule);
                continue;
            }

            if (!blocks.TryGetValue(address.Address, out List<IpPrefix>? known))
            {
                blocks.Add(address.Address, known = []);
            }

            known.AddRange(address.Blocks);
        }

        foreach ((AuthorizationAddress address, List<IpPrefix> all) in blocks)
        {
            others.Add(new AddressRule(address, all));
        }

        return others.Count == 1 ? others[0] : new OrRule(others);
    }

    private List<AuthorizationRule> Permissions(Wire.Permission.Types.Set wire, ConfigScope scope)
    {
        var rules = new List<AuthorizationRule>(wire.Rules.Count);
        for (int i = 0; i < wire.Rules.Count; i++)
        {
            rules.Add(Permission(wire.Rules[i], scope.Field("rules").Item(i)));
        }

        return rules;
    }

    private List<AuthorizationRule> Principals(Wire.Principal.Types.Set wire, ConfigScope scope)
    {
        var rules = new List<AuthorizationRule>(wire.Ids.Count);
        for (int i = 0; i < wire.Ids.Count; i++)
        {
            rules.Add(Principal(wire.Ids[i], scope.Field("ids").Item(i)));
        }

        return rules;
    }

    private AuthorizationRule Header(RouteWire.HeaderMatcher wire, ConfigScope scope)
    {
        if (!hasRequests)
        {
            scope.Error("a connection has no headers; the network filter rbac does not support this rule");
            return s_any;
        }

        return HeaderMatcherConverter.Convert(wire, runtime, scope) is { } matcher ? new HeaderRule(matcher) : s_any;
    }

    // Envoy: accepted for connections too, where it never matches.
    private AuthorizationRule Path(MatcherWire.PathMatcher wire, ConfigScope scope)
    {
        if (wire.Path is null)
        {
            scope.Error("found no rule, expected path");
            return s_any;
        }

        return Text(wire.Path, scope.Field("path")) is { } matcher ? new PathRule(matcher) : s_any;
    }

    private static AuthorizationRule Address(AuthorizationAddress address, CoreWire.CidrRange wire, ConfigScope scope) =>
        IpPrefixConverter.Convert(wire, scope) is { } block ? new AddressRule(address, [block]) : s_any;

    private static AuthorizationRule Ports(Envoy.Type.V3.Int32Range range, ConfigScope scope)
    {
        if (range.Start is < 0 or > LastPort || range.End is < 0 or > LastPort || range.Start >= range.End)
        {
            scope.Error($"found start {range.Start} and end {range.End}, expected 0 <= start < end <= {LastPort}");
            return s_any;
        }

        return new PortRule(range.Start, range.End);
    }

    private AuthorizationRule Metadata(Wire.SourcedMetadata wire, ConfigScope scope)
    {
        if (wire.MetadataMatcher is null)
        {
            scope.Field("metadata_matcher").Error("is missing; expected what the metadata must be");
            return s_any;
        }

        return Metadata(wire.MetadataMatcher, wire.MetadataSource == Wire.MetadataSource.Route, scope.Field("metadata_matcher"));
    }

    private AuthorizationRule Metadata(MatcherWire.MetadataMatcher wire, bool ofRoute, ConfigScope scope) =>
        ValueMatcherConverter.Convert(wire, runtime, scope) is { } matcher ? new MetadataRule(matcher, ofRoute) : s_any;

    private AuthorizationRule Authenticated(Wire.Principal.Types.Authenticated wire, ConfigScope scope)
    {
        if (wire.PrincipalName is { } name)
        {
            _ = Text(name, scope.Field("principal_name"));
        }

        return new AuthenticatedRule();
    }

    private AuthorizationRule FilterState(MatcherWire.FilterStateMatcher wire, ConfigScope scope)
    {
        switch (wire.MatcherCase)
        {
            case MatcherWire.FilterStateMatcher.MatcherOneofCase.StringMatch:
                return Text(wire.StringMatch, scope.Field("string_match")) is { } text ? new FilterStateRule(wire.Key, text) : s_any;
            case MatcherWire.FilterStateMatcher.MatcherOneofCase.AddressMatch:
                var blocks = new List<IpPrefix>(wire.AddressMatch.Ranges.Count);
                for (int i = 0; i < wire.AddressMatch.Ranges.Count; i++)
                {
                    if (IpPrefixConverter.Convert(wire.AddressMatch.Ranges[i], scope.Field("address_match").Field("ranges").Item(i)) is { } block)
                    {
                        blocks.Add(block);
                    }
                }

                return new FilterStateRule(wire.Key, blocks);
            default:
                scope.Error("found no matcher, expected one of string_match, address_match");
                return s_any;
        }
    }

    private StringMatcher? Text(MatcherWire.StringMatcher wire, ConfigScope scope) => StringMatcherConverter.Convert(wire, runtime, scope);

    private static AnyRule Refuse(CoreWire.TypedExtensionConfig wire, ConfigScope scope)
    {
        scope.Error($"extension \"{wire.Name}\" is not supported by this version");
        return s_any;
    }
}
