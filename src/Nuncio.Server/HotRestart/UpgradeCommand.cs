using System.Globalization;
using Nuncio.IO.Sockets;
using Nuncio.Server.CommandLine;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// <c>nuncio upgrade</c>: replaces the running instance by this executable without losing a connection, and says how it went. Nuncio's own.
/// </summary>
/// <remarks>
/// Runs once, in a process of its own. It finds the instance, checks the configuration with this executable, and asks the instance to start
/// its successor; the rest is between those two.
/// </remarks>
internal sealed class UpgradeCommand(TextWriter output, TextWriter errorOutput)
{
    internal const string Name = "upgrade";

    internal const string Help = """
        usage: nuncio upgrade [options] [-- more arguments for the new process]

        Replaces the running instance by this executable, which takes its listening sockets over; no connection is lost. Ends when the
        new process serves. The old one drains for its --drain-time-s and ends by itself.

        Arguments after -- are added to those of the old process, or take the place of the same option among them.

          -c, --config-path <file>   Another configuration for the new process. Default: that of the old one.
          --base-id <number>         Which instance. Default: 0.
          --base-id-path <file>      A file that holds the base id.
          --socket-path <path>       The --socket-path of the instance. Default: @envoy_domain_socket.
          --timeout-s <s>            How long the new process may take until it serves. Default: 120.

        """;

    private const int Ok = 0;
    private const int Failed = 1;

    // The parent answers at once; starting a process may take a moment on a busy machine.
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(15);

    internal int Run(string[] arguments)
    {
        if (arguments is ["--help" or "-h"])
        {
            output.Write(Help);
            return Ok;
        }

        if (!UpgradeArguments.TryParse(arguments, out UpgradeOptions options, out string error))
        {
            errorOutput.Write($"error: {error}\ntry: nuncio upgrade --help\n");
            return Failed;
        }

        using RestartChannel? channel = Find(options, out RunningInstance instance);
        if (channel is null)
        {
            return Fail($"no instance with base id {options.BaseId} answers at '{options.SocketPath}'");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"instance: process {instance.Process}, epoch {instance.Epoch}"));
        string[] next = NextArguments(instance, options);
        return IsRight(instance, next) ? Upgrade(channel, next, options.Timeout) : Failed;
    }

    /// <summary>The arguments of the successor: those of the old process with what is different, and the epoch after its own.</summary>
    internal static string[] NextArguments(RunningInstance instance, UpgradeOptions options)
    {
        var next = new List<string>();
        HashSet<string> replaced = ["--restart-epoch", "--base-id", "--use-dynamic-base-id"];
        if (options.ConfigPath is not null)
        {
            replaced.Add("--config-path");
        }

        foreach (string argument in options.MoreArguments)
        {
            if (Find(argument) is { IsRepeatable: false } more)
            {
                replaced.Add(more.Name);
            }
        }

        for (int i = 0; i < instance.Arguments.Count; i++)
        {
            string argument = instance.Arguments[i];
            if (Find(argument) is not { } option || !replaced.Contains(option.Name))
            {
                next.Add(argument);
            }
            else if (option.ValueName is not null && !argument.Contains('=', StringComparison.Ordinal))
            {
                i++; // Its value.
            }
        }

        if (options.ConfigPath is { } path)
        {
            next.AddRange(["--config-path", Path.GetFullPath(path)]);
        }

        next.AddRange(options.MoreArguments);
        next.AddRange(["--base-id", Text(instance.BaseId), "--restart-epoch", Text(instance.Epoch + 1)]);
        return [.. next];
    }

    /// <summary>The option that an argument names, with or without a value behind an equals sign; null for a value.</summary>
    private static OptionSpec? Find(string argument)
    {
        string name = argument.Split('=')[0];
        return OptionTable.All.FirstOrDefault(o => o.Name == name || o.Alias == name);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The newest instance that answers: while one is replaced there are two, under names that repeat after three epochs.</summary>
    private static RestartChannel? Find(UpgradeOptions options, out RunningInstance newest)
    {
        newest = RunningInstance.None;
        RestartChannel? found = null;
        for (uint i = 0; i < 3; i++)
        {
            if (!RestartProtocol.TryName(options.SocketPath, 0, options.BaseId, i, out NetworkAddress? name) ||
                RestartChannel.Connect(name!, out _) is not { } channel)
            {
                continue;
            }

            if (RunningInstance.Ask(channel) is { } instance && (found is null || instance.Epoch > newest.Epoch))
            {
                found?.Close();
                found = channel;
                newest = instance;
            }
            else
            {
                channel.Close();
            }
        }

        return found;
    }

    /// <summary>Checks the configuration here, where its errors are seen, rather than in the log of the instance.</summary>
    private bool IsRight(RunningInstance instance, string[] arguments)
    {
        Environment.CurrentDirectory = instance.Folder;
        CommandLineResult command = CommandLineParser.Parse(arguments);
        if (command.Options is not { } options)
        {
            errorOutput.Write(command.Text);
            return false;
        }

        if (options.IsDemo)
        {
            return true;
        }

        return new ServerRunner(options with { Mode = RunMode.Validate }, output, errorOutput).Run() == Ok;
    }

    private int Upgrade(RestartChannel channel, string[] arguments, TimeSpan timeout)
    {
        (string executable, string[] first) = Executable();
        MessageWriter message = channel.Writer.Begin(RestartMessage.Upgrade).Number((long)timeout.TotalMilliseconds).Text(executable);
        foreach (string argument in (string[])[.. first, .. arguments])
        {
            if (message.Room < (argument.Length * 3) + sizeof(int))
            {
                return Fail("the command line is too long");
            }

            message.Text(argument);
        }

        if (!channel.TrySend(s_margin))
        {
            return Fail("the instance is gone");
        }

        var descriptors = new List<int>();
        while (true)
        {
            var answer = new MessageReader(channel.Receive(descriptors, timeout + s_margin));
            switch (answer.Kind)
            {
                case RestartMessage.Progress:
                    output.WriteLine(answer.Text());
                    break;
                case RestartMessage.Done:
                    output.WriteLine("done: the new process serves, the old one drains");
                    return Ok;
                case RestartMessage.Refused:
                    return Fail(answer.Text());
                default:
                    return Fail("the instance is gone or gives no answer");
            }
        }
    }

    /// <summary>This executable, and what comes before the arguments where it is run by the <c>dotnet</c> command.</summary>
    private static (string Executable, string[] First) Executable()
    {
        string path = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(path) == "dotnet"
            ? (path, [Path.Combine(AppContext.BaseDirectory, "nuncio.dll")])
            : (path, []);
    }

    private int Fail(string reason)
    {
        errorOutput.WriteLine("error: " + reason);
        return Failed;
    }
}
