using Google.Protobuf;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>Reads any one message from YAML text, strictly and with its rules checked: the short way for tests and tools. Stateless.</summary>
public static class ConfigText
{
    /// <summary>The name under which errors report the text.</summary>
    public const string Source = "text.yaml";

    /// <summary>The message in <paramref name="yaml"/> with its positions; null when anything was added to <paramref name="errors"/>.</summary>
    public static LoadedMessage<T>? Load<T>(string yaml, ConfigErrors errors)
        where T : class, IMessage<T>, new() =>
        ConfigLoader.LoadMessage<T>(yaml, ConfigFormat.Yaml, Source, LoadOptions.Default, errors);

    /// <summary>The message in <paramref name="yaml"/>; null when anything was added to <paramref name="errors"/>.</summary>
    public static T? Parse<T>(string yaml, ConfigErrors errors)
        where T : class, IMessage<T>, new() =>
        Load<T>(yaml, errors)?.Message;
}
