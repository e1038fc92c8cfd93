namespace Nuncio.Peers.Tests.Support;

/// <summary>curl, bounded in time, without the user's settings.</summary>
internal static class CurlClient
{
    internal static Finished Run(params string[] arguments) => Run(default, arguments);

    internal static Finished Run(ReadOnlySpan<byte> input, params string[] arguments) =>
        ChildProcess.Run(PeerProgram.Require("curl"), ["--disable", "--silent", "--show-error", "--max-time", "20", .. arguments], input);
}
