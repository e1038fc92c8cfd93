using System.Runtime.InteropServices;

namespace Nuncio.Server.Logging;

/// <summary>The system's id of the calling thread, as <c>ps -L</c> and <c>top -H</c> show it. Asked for once per thread.</summary>
internal static partial class ThreadNumber
{
    [ThreadStatic]
    private static int s_number;

    internal static int Current => s_number != 0 ? s_number : s_number = GetThreadId();

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
