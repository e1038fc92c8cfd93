using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nuncio.Core.AccessLog.Files;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>Log files in memory, one text for each path.</summary>
internal sealed class MemoryLogFiles : ILogFileSystem
{
    private readonly Dictionary<string, StringBuilder> _texts = [];

    internal string this[string path] => _texts.TryGetValue(path, out StringBuilder? text) ? text.ToString() : "";

    public bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error)
    {
        error = null;
        file = new MemoryLogFile(_texts.TryGetValue(path, out StringBuilder? known) ? known : _texts[path] = new StringBuilder());
        return true;
    }

    private sealed class MemoryLogFile(StringBuilder text) : ILogFile
    {
        public bool Write(ReadOnlySpan<byte> bytes)
        {
            text.Append(Encoding.Latin1.GetString(bytes));
            return true;
        }

        public void Dispose()
        {
        }
    }
}
