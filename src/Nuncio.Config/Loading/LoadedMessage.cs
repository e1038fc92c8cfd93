using Google.Protobuf;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>A message that was read and passed its rules, and where each part of it was written. Immutable by agreement.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sources">Positions by field path.</param>
/// <param name="Warnings">Unknown fields that were let pass, at most <see cref="ConfigErrors.Limit"/>.</param>
/// <param name="UnknownFields">Number of unknown fields that were let pass, for <c>server.static_unknown_fields</c>.</param>
public sealed record LoadedMessage<T>(T Message, SourceMap Sources, IReadOnlyList<ConfigError> Warnings, int UnknownFields)
    where T : class, IMessage
{
    /// <summary>The root scope for turning the message into our own objects.</summary>
    public ConfigScope Root(ConfigErrors errors) => new(errors, Sources);
}
