using Nuncio.Config.ExtensionConfigs;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Keeps what would be logged of discovered configuration.</summary>
internal sealed class RecordedExtensionConfigLog : IExtensionConfigLog
{
    /// <summary>Errors and warnings, as they would be printed.</summary>
    internal List<string> Lines { get; } = [];

    /// <summary>How often a configuration came into effect.</summary>
    internal int Updates { get; private set; }

    /// <inheritdoc/>
    public void Updated(string filter, string path) => Updates++;

    /// <inheritdoc/>
    public void Refused(string filter, string error) => Lines.Add($"{filter}: {error}");

    /// <inheritdoc/>
    public void Warned(string filter, string warning) => Lines.Add($"{filter}: {warning}");
}
