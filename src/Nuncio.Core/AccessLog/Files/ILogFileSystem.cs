using System.Diagnostics.CodeAnalysis;

namespace Nuncio.Core.AccessLog.Files;

/// <summary>Opens log files; the seam that tests put a stuck or full disk in.</summary>
public interface ILogFileSystem
{
    /// <summary>Opens for appending, making the file when it is not there. Any thread; may block.</summary>
    bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error);
}
