using Nuncio.Server.CommandLine;
using Nuncio.Server.HotRestart;
using Nuncio.Server.Stacks;

namespace Nuncio.Server;

/// <summary>The executable <c>nuncio</c>.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [UpgradeCommand.Name, .. string[] rest])
        {
            return new UpgradeCommand(Console.Out, Console.Error).Run(rest);
        }

        if (arguments is [StackCommand.Name, .. string[] whose])
        {
            return new StackCommand(Console.In, Console.Out, Console.Error).Run(whose);
        }

        CommandLineResult command = CommandLineParser.Parse(arguments);
        if (command.Options is null)
        {
            (command.ExitCode == 0 ? Console.Out : Console.Error).Write(command.Text);
            return command.ExitCode;
        }

        return new ServerRunner(command.Options, Console.Out, Console.Error).Run();
    }
}
