using System.Globalization;
using System.Text;
using Nuncio.IO.Events;

namespace Nuncio.Core.Watchdogs;

/// <summary>
/// Describes what a thread is doing, from outside: the handler its loop called, and what the kernel knows. The runtime gives no thread
/// the managed stack of another one; a process beside this one reads that, later. Stateless; any thread.
/// </summary>
internal static class ThreadReport
{
    /// <summary>The kernel's files about a thread, proc(5). <c>stack</c> and <c>syscall</c> may need rights we do not have.</summary>
    private static readonly string[] s_files = ["wchan", "syscall", "stack", "schedstat"];

    private const int MaxBytes = 2048;

    internal static string Of(Dispatcher dispatcher, string taskRoot = "/proc/self/task")
    {
        var text = new StringBuilder();
        string work = dispatcher.DescribeWork();
        text.Append("running: ").Append(work.Length == 0 ? "nothing" : work);
        text.Append(CultureInfo.InvariantCulture, $"\nloop iteration: {dispatcher.Iterations}");
        if (dispatcher.NativeThread == 0)
        {
            return text.ToString();
        }

        string folder = Path.Combine(taskRoot, dispatcher.NativeThread.ToString(CultureInfo.InvariantCulture));
        foreach (string file in s_files)
        {
            if (Read(Path.Combine(folder, file)) is { Length: > 0 } content)
            {
                text.Append('\n').Append(file).Append(": ").Append(content.Replace("\n", " < ", StringComparison.Ordinal));
            }
        }

        AppendStatus(text, Path.Combine(folder, "status"));
        return text.ToString();
    }

    private static void AppendStatus(StringBuilder text, string path)
    {
        foreach (string line in (Read(path) ?? "").Split('\n'))
        {
            if (line.StartsWith("State:", StringComparison.Ordinal) || line.Contains("ctxt_switches:", StringComparison.Ordinal))
            {
                text.Append('\n').Append(line.Replace('\t', ' '));
            }
        }
    }

    private static string? Read(string path)
    {
        Span<byte> bytes = stackalloc byte[MaxBytes];
        int length = 0;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            for (int read; length < MaxBytes && (read = file.Read(bytes[length..])) > 0;)
            {
                length += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(bytes[..length]).Trim();
    }
}
