namespace Nuncio.Config.ExtensionConfigs;

/// <summary>What becomes of fields that nobody knows in what is discovered: who writes it may be newer than who reads it.</summary>
public enum UnknownFieldPolicy : byte
{
    /// <summary>They are named in the log and counted (<c>server.dynamic_unknown_fields</c>). Envoy's default.</summary>
    Warn,

    /// <summary>They are errors (<c>--reject-unknown-dynamic-fields</c>).</summary>
    Reject,

    /// <summary>They are neither (<c>--ignore-unknown-dynamic-fields</c>).</summary>
    Ignore,
}
