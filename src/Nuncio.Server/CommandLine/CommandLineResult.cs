namespace Nuncio.Server.CommandLine;

/// <summary>What reading the command line came to: options to run with, or a text to print and exit. Immutable.</summary>
/// <param name="Options">The options; null when there is nothing to run.</param>
/// <param name="Text">What to print when there is nothing to run.</param>
/// <param name="ExitCode">0 for <c>--help</c> and the like, whose text goes to stdout; 1 for an error, whose text goes to stderr.</param>
public sealed record CommandLineResult(ServerOptions? Options, string Text, int ExitCode)
{
    internal static CommandLineResult Run(ServerOptions options) => new(options, "", 0);

    internal static CommandLineResult Print(string text) => new(null, text, 0);

    internal static CommandLineResult Fail(string reason) => new(null, $"error: {reason}\ntry: nuncio --help\n", 1);
}
