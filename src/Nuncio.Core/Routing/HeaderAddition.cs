using Nuncio.Core.Formatting;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Routing;

/// <summary>One header to add. Envoy: core.v3.HeaderValueOption. Immutable; any thread.</summary>
/// <param name="Key">The header.</param>
/// <param name="Constant">Its value; null when <paramref name="Formatter"/> makes it.</param>
/// <param name="Formatter">Makes the value; null when it is constant.</param>
/// <param name="Action">How it joins one of the same name.</param>
/// <param name="KeepEmpty">Whether it is added even when the value is empty.</param>
public sealed record HeaderAddition(
    HeaderKey Key,
    byte[]? Constant,
    SubstitutionFormatter? Formatter,
    HeaderAppendAction Action = HeaderAppendAction.AppendOrAdd,
    bool KeepEmpty = false);

/// <summary>How a header that is added joins one of the same name. Envoy: HeaderValueOption.HeaderAppendAction.</summary>
public enum HeaderAppendAction : byte
{
    /// <summary>Behind the ones that are there.</summary>
    AppendOrAdd,

    /// <summary>Only when none is there.</summary>
    AddIfAbsent,

    /// <summary>Instead of those that are there.</summary>
    OverwriteOrAdd,

    /// <summary>Instead of those that are there; not when there are none.</summary>
    OverwriteIfExists,
}
