using Google.Protobuf;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Loading;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.NetworkFilters;
using Nuncio.Core.Runtime;
using Nuncio.Testing.Time;

namespace Nuncio.Extensions.Tests.NetworkFilters;

/// <summary>A network filter's configuration as YAML, through loader, rules and factory.</summary>
internal static class FilterConfiguration
{
    /// <summary>What the factory makes of it; the errors, if there are any.</summary>
    internal static (NetworkFilterProvider? Provider, string[] Errors) Load<TMessage>(INetworkFilterFactory factory, string yaml)
        where TMessage : class, IMessage<TMessage>, new()
    {
        ConfigErrors errors = new();
        NetworkFilterProvider? provider = null;
        if (ConfigLoader.LoadMessage<TMessage>(yaml, ConfigFormat.Yaml, "test.yaml", new LoadOptions(), errors) is { } loaded)
        {
            StatsStore stats = new(cellCount: 1);
            using AccessLogFlusher flusher = new(new AccessLogOptions(), new LinuxLogFileSystem(), new ManualClock(), stats);
            ExtensionCatalog catalog = new();
            BuiltInExtensions.AddTo(catalog);
            FactoryContext context = new()
            {
                Extensions = catalog,
                Stats = stats,
                MainDispatcher = null!,
                AccessLogs = flusher,
                Runtime = new LayeredRuntime(),
            };
            provider = factory.Create(loaded.Message, context, loaded.Root(errors));
        }

        return (provider, [.. errors.Items.Select(error => error.ToString())]);
    }
}
