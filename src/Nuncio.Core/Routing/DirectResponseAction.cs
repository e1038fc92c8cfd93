using Nuncio.Core.Formatting;

namespace Nuncio.Core.Routing;

/// <summary>Answering without asking anyone. Envoy: route.v3.DirectResponseAction. Immutable; any thread.</summary>
public sealed record DirectResponseAction
{
    /// <summary>The status, 200 to 599.</summary>
    public required int Status { get; init; }

    /// <summary>The body, read when the configuration was loaded; empty without one.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Makes the body from <see cref="Body"/> (<c>%LOCAL_REPLY_BODY%</c>) and the request; null sends it as it is.</summary>
    public SubstitutionFormatter? BodyFormat { get; init; }

    /// <summary>Content type of a formatted body; null keeps the usual one.</summary>
    public byte[]? ContentType { get; init; }

    /// <summary>Whether the response gets a <c>location</c>, see <see cref="Route.TryBuildLocation"/>.</summary>
    public bool HasLocation => Status is 201 or (>= 300 and <= 399);
}
