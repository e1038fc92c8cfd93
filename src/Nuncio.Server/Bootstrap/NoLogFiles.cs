using System.Diagnostics.CodeAnalysis;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Server.Bootstrap;

/// <summary>Log files that are never made: checking a configuration must leave no trace. Stateless.</summary>
internal sealed class NoLogFiles : ILogFileSystem, ILogFile
{
    /// <inheritdoc/>
    public bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error)
    {
        file = this;
        error = null;
        return true;
    }

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> bytes) => true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
