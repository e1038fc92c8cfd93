using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Nuncio.Extensions.ResourceMonitors;

/// <summary>Reads the small files in which the system tells its figures. Stateless; main thread.</summary>
internal static class SmallFile
{
    /// <summary>Nothing a monitor reads is longer; of a longer file (<c>/proc/stat</c> of a large machine) only the beginning matters.</summary>
    internal const int MaxBytes = 4096;

    /// <summary>The beginning of the file, without white space around it; false with the reason when it cannot be read or is empty.</summary>
    internal static bool TryRead(string path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        text = null;
        Span<byte> bytes = stackalloc byte[MaxBytes];
        int length = 0;
        try
        {
            // Files of /proc say that they are empty and must be read to the end, a piece at a time.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            for (int read; length < MaxBytes && (read = file.Read(bytes[length..])) > 0;)
            {
                length += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            error = $"cannot read {path}: {exception.Message}";
            return false;
        }

        string content = Encoding.UTF8.GetString(bytes[..length]).Trim();
        if (content.Length == 0)
        {
            error = $"{path} is empty";
            return false;
        }

        text = content;
        error = null;
        return true;
    }
}
