namespace Nuncio.Config.Loading;

/// <summary>How a source is written.</summary>
public enum ConfigFormat
{
    /// <summary>JSON, also for names with no suffix we know, as Envoy does.</summary>
    Json,

    /// <summary>YAML.</summary>
    Yaml,

    /// <summary>The binary form of protobuf.</summary>
    Binary,

    /// <summary>The text form of protobuf.</summary>
    ProtoText,
}
