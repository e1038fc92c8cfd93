using System.Diagnostics;
using System.Text;

namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// A program started by a test: its output is collected, it gets input if the test has some, and it is ended by its id at the
/// latest when the test ends. Every wait is bounded.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    /// <summary>Longer than any program here takes on a busy machine; reached only when something hangs.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<byte[]> _output;
    private readonly StringBuilder _errors = new();

    internal ChildProcess(string program, IEnumerable<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };

        // A proxy of the environment would be used by curl for 127.0.0.1 too.
        foreach (string name in (ReadOnlySpan<string>)["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"])
        {
            start.Environment.Remove(name);
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        _process.BeginErrorReadLine();
        _output = Task.Run(() => ReadAll(_process.StandardOutput.BaseStream));
    }

    internal int Id => _process.Id;

    internal bool HasExited => _process.HasExited;

    /// <summary>What it has written to its error output so far.</summary>
    internal string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(Patience);
        }

        _process.Dispose();
    }

    /// <summary>Runs a program to its end.</summary>
    internal static Finished Run(string program, IEnumerable<string> arguments, ReadOnlySpan<byte> input = default, string? folder = null)
    {
        using ChildProcess child = new(program, arguments, folder);
        child.Send(input);
        child.EndInput();
        return child.Wait();
    }

    internal void Send(ReadOnlySpan<byte> input)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(input);
            _process.StandardInput.BaseStream.Flush();
        }
        catch (IOException)
        {
            // It has ended without reading everything; its exit code tells.
        }
    }

    internal void EndInput() => _process.StandardInput.Close();

    /// <summary>Sends SIGTERM.</summary>
    internal void Terminate() => Process.Start("/bin/kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])!.WaitForExit(Patience);

    /// <summary>Waits for its end.</summary>
    internal Finished Wait()
    {
        if (!_process.WaitForExit(Patience))
        {
            Assert.Fail($"{_process.ProcessName} has not ended within {Patience.TotalSeconds} s; it wrote: {Errors}");
        }

        _process.WaitForExit();
        Assert.True(_output.Wait(Patience, TestContext.Current.CancellationToken), "its output did not end");
        return new Finished(_process.ExitCode, _output.Result, Errors);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }
}

/// <summary>What a program left.</summary>
internal sealed record Finished(int ExitCode, byte[] Output, string Errors)
{
    internal string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The same, after making sure that it ended well.</summary>
    internal Finished Good()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Errors}{Text}");
        return this;
    }
}
