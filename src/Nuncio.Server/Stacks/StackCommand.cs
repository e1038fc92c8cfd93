using System.Globalization;

namespace Nuncio.Server.Stacks;

/// <summary>
/// <c>nuncio stack &lt;process&gt; &lt;thread&gt;</c>: prints the managed stack of a thread of another process, which goes on. Not in
/// <c>--help</c>: the watchdog starts it. Nuncio's own.
/// </summary>
/// <remarks>
/// Runs once, in a process of its own; this is the only caller of what needs the debugging library, so the server never loads it. It
/// reads only. Its output is bounded; the end of the input says that the other process has allowed it.
/// </remarks>
internal sealed class StackCommand(TextReader input, TextWriter output, TextWriter errorOutput)
{
    internal const string Name = "stack";

    private const int Ok = 0;
    private const int Failed = 1;

    internal int Run(string[] arguments)
    {
        if (arguments is not [string first, string second] || !TryNumber(first, out int process) || !TryNumber(second, out int thread))
        {
            errorOutput.WriteLine("usage: nuncio stack <process> <thread>");
            return Failed;
        }

        input.ReadToEnd();
        try
        {
            output.Write(StackWalker.Walk(process, thread));
            return Ok;
        }
        catch (Exception failure)
        {
            // Whatever it is: the process looks into the memory of one that runs, and has nobody else to tell.
            errorOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"process {process}: {failure.Message}{Restriction()}"));
            return Failed;
        }
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    /// <summary>What the kernel's Yama module says, where it forbids.</summary>
    private static string Restriction()
    {
        const string path = "/proc/sys/kernel/yama/ptrace_scope";
        string scope = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        return scope is "2" or "3" ? $" (kernel.yama.ptrace_scope is {scope})" : "";
    }
}
