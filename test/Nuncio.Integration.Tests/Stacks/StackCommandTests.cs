using System.Diagnostics;
using System.Globalization;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Stacks;

/// <summary>The process that reads a thread's stack, where it cannot.</summary>
public sealed class StackCommandTests
{
    private static readonly string s_executable = Path.Combine(AppContext.BaseDirectory, "nuncio");

    [Theory]
    [InlineData]
    [InlineData("1")]
    [InlineData("one", "2")]
    [InlineData("1", "-2")]
    [InlineData("1", "2", "3")]
    public void Arguments_AreTwoNumbers(params string[] arguments)
    {
        (int code, string output, string errorOutput) = Run(s_executable, ["stack", .. arguments]);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Equal("usage: nuncio stack <process> <thread>\n", errorOutput);
    }

    [Fact]
    public void ProcessThatIsNotThere_IsSaid()
    {
        string none = int.MaxValue.ToString(CultureInfo.InvariantCulture);
        (int code, string output, string errorOutput) = Run(s_executable, "stack", none, none);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.StartsWith($"process {none}: ", errorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public void ProcessWithoutTheRuntime_IsSaid()
    {
        using Process sleeping = Process.Start("sleep", "1000");
        try
        {
            string number = sleeping.Id.ToString(CultureInfo.InvariantCulture);
            (int code, _, string errorOutput) = Run(s_executable, "stack", number, number);

            Assert.Equal(1, code);
            Assert.Equal($"process {number}: there is no .NET runtime in it\n", errorOutput);
        }
        finally
        {
            sleeping.Kill();
        }
    }

    [Fact]
    public void ThreadThatIsNotThere_IsSaid()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        (int code, _, string errorOutput) = Run(s_executable, "stack", own, int.MaxValue.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(1, code);
        Assert.Contains("cannot be traced: ", errorOutput, StringComparison.Ordinal);
    }

    /// <summary>Another user's process, as with a restricted ptrace.</summary>
    [Fact]
    public void NoPermission_IsSaid()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        (string file, string[] first) = Environment.IsPrivilegedProcess
            ? ("setpriv", (string[])["--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all", s_executable, "stack", own, own])
            : (s_executable, ["stack", "1", "1"]);
        if (Environment.IsPrivilegedProcess && Run("setpriv", [.. first[..4], s_executable, "--version"]).Code != 0)
        {
            Assert.Skip("another user cannot run this executable where it lies");
        }

        (int code, string output, string errorOutput) = Run(file, first);

        Assert.Equal(1, code);
        Assert.Equal("", output);
        Assert.Contains("denied", errorOutput, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string ErrorOutput) Run(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string errorOutput = process.StandardError.ReadToEnd();
        Assert.True(process.WaitForExit(TestServer.Patience));
        return (process.ExitCode, output, errorOutput);
    }
}
