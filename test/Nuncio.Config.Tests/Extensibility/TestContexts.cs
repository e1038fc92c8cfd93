using Google.Protobuf;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Runtime;
using Nuncio.Testing.Time;

namespace Nuncio.Config.Tests.Extensibility;

/// <summary>Factory contexts and loaded messages for tests of converters.</summary>
internal static class TestContexts
{
    /// <summary>A context with these extensions and without a main loop.</summary>
    internal static FactoryContext Make(ExtensionCatalog? extensions = null)
    {
        StatsStore stats = new(cellCount: 1);
        return new FactoryContext
        {
            Extensions = extensions ?? new ExtensionCatalog(),
            Stats = stats,
            MainDispatcher = null!,
            AccessLogs = new AccessLogFlusher(new AccessLogOptions(), new LinuxLogFileSystem(), new ManualClock(), stats),
            Runtime = new LayeredRuntime(),
        };
    }

    /// <summary>A message from YAML that must be right as far as the loader can tell, and the scope of its root.</summary>
    internal static (T Message, ConfigScope Scope) Load<T>(string yaml, ConfigErrors errors)
        where T : class, IMessage<T>, new()
    {
        LoadedMessage<T>? loaded = ConfigLoader.LoadMessage<T>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors);
        Assert.True(loaded is not null, string.Join('\n', errors.Items));
        return (loaded.Message, loaded.Root(errors));
    }
}
