using Envoy.Config.Accesslog.V3;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Matching;
using Nuncio.Config.Runtime;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Filters;
using Nuncio.Core.Failures;
using Nuncio.Core.Matching;
using Nuncio.Core.Runtime;
using Wire = Envoy.Config.Accesslog.V3;

namespace Nuncio.Config.AccessLog;

/// <summary>Wire message to access log filter, for logs and for local reply mappers. Stateless.</summary>
public static class AccessLogFilterConverter
{
    /// <summary>And- and or-filters nest at most this deep; each level is a call on the worker.</summary>
    private const int MaxDepth = 32;

    /// <summary>The filter; null after an error. <paramref name="scope"/> is the place of the AccessLogFilter.</summary>
    public static IAccessLogFilter? Convert(AccessLogFilter wire, FactoryContext context, ConfigScope scope) =>
        Convert(wire, context.Runtime, scope, depth: 0);

    private static IAccessLogFilter? Convert(AccessLogFilter wire, LayeredRuntime runtime, ConfigScope scope, int depth)
    {
        switch (wire.FilterSpecifierCase)
        {
            case AccessLogFilter.FilterSpecifierOneofCase.StatusCodeFilter:
                return Compare(wire.StatusCodeFilter.Comparison, runtime, scope.Field("status_code_filter")) is { } status
                    ? new Core.AccessLog.Filters.StatusCodeFilter(status)
                    : null;
            case AccessLogFilter.FilterSpecifierOneofCase.DurationFilter:
                return Compare(wire.DurationFilter.Comparison, runtime, scope.Field("duration_filter")) is { } duration
                    ? new Core.AccessLog.Filters.DurationFilter(duration)
                    : null;
            case AccessLogFilter.FilterSpecifierOneofCase.NotHealthCheckFilter:
                return new Core.AccessLog.Filters.NotHealthCheckFilter();
            case AccessLogFilter.FilterSpecifierOneofCase.RuntimeFilter:
                return Sample(wire.RuntimeFilter, runtime);
            case AccessLogFilter.FilterSpecifierOneofCase.AndFilter:
                return All(wire.AndFilter.Filters, runtime, scope.Field("and_filter").Field("filters"), depth) is { } all
                    ? new Core.AccessLog.Filters.AndFilter(all)
                    : null;
            case AccessLogFilter.FilterSpecifierOneofCase.OrFilter:
                return All(wire.OrFilter.Filters, runtime, scope.Field("or_filter").Field("filters"), depth) is { } any
                    ? new Core.AccessLog.Filters.OrFilter(any)
                    : null;
            case AccessLogFilter.FilterSpecifierOneofCase.HeaderFilter:
                return Header(wire.HeaderFilter, runtime, scope.Field("header_filter").Field("header"));
            case AccessLogFilter.FilterSpecifierOneofCase.ResponseFlagFilter:
                return Flags(wire.ResponseFlagFilter, scope.Field("response_flag_filter").Field("flags"));
            default:
                scope.Error("found no filter, expected one of status_code_filter, duration_filter, not_health_check_filter, "
                    + "runtime_filter, and_filter, or_filter, header_filter, response_flag_filter");
                return null;
        }
    }

    private static Comparison? Compare(ComparisonFilter? wire, LayeredRuntime runtime, ConfigScope scope)
    {
        if (wire?.Value is null)
        {
            scope.Field("comparison").Error("found no value to compare with, expected comparison: {op, value}");
            return null;
        }

        // The numbers of ComparisonKind are the wire's; the loader refused others.
        return new Comparison((ComparisonKind)wire.Op, wire.Value.DefaultValue, runtime.KeyOrNull(wire.Value.RuntimeKey));
    }

    private static Core.AccessLog.Filters.RuntimeFilter Sample(Wire.RuntimeFilter wire, LayeredRuntime runtime)
    {
        FractionalPercent share = wire.PercentSampled is null ? new FractionalPercent(0, 100) : RuntimeFractionConverter.Convert(wire.PercentSampled);
        return new(new RuntimeFraction(share, runtime.KeyOrNull(wire.RuntimeKey)), wire.UseIndependentRandomness);
    }

    private static IAccessLogFilter[]? All(IReadOnlyList<AccessLogFilter> wire, LayeredRuntime runtime, ConfigScope scope, int depth)
    {
        if (wire.Count < 2 || depth >= MaxDepth)
        {
            scope.Error(wire.Count < 2
                ? $"found {wire.Count} filters, expected at least 2"
                : $"filters are nested more than {MaxDepth} deep");
            return null;
        }

        var filters = new IAccessLogFilter?[wire.Count];
        bool good = true;
        for (int i = 0; i < filters.Length; i++)
        {
            filters[i] = Convert(wire[i], runtime, scope.Item(i), depth + 1);
            good &= filters[i] is not null;
        }

        return good ? Array.ConvertAll(filters, static filter => filter!) : null;
    }

    private static Core.AccessLog.Filters.HeaderFilter? Header(Wire.HeaderFilter wire, LayeredRuntime runtime, ConfigScope scope)
    {
        if (wire.Header is null)
        {
            scope.Error("found no header matcher");
            return null;
        }

        HeaderMatcher? matcher = HeaderMatcherConverter.Convert(wire.Header, runtime, scope);
        return matcher is null ? null : new Core.AccessLog.Filters.HeaderFilter(matcher);
    }

    private static Core.AccessLog.Filters.ResponseFlagFilter? Flags(Wire.ResponseFlagFilter wire, ConfigScope scope)
    {
        ResponseFlags all = ResponseFlags.None;
        bool good = true;
        for (int i = 0; i < wire.Flags.Count; i++)
        {
            if (ResponseFlagsText.TryParse(wire.Flags[i], out ResponseFlags flag))
            {
                all |= flag;
                continue;
            }

            good = false;
            scope.Item(i).Error($"found \"{wire.Flags[i]}\", expected one of {string.Join(", ", ResponseFlagsText.ShortNames)}");
        }

        return good ? new Core.AccessLog.Filters.ResponseFlagFilter(all) : null;
    }
}
