namespace Nuncio.Peers.Tests.Support;

/// <summary>
/// Two network namespaces, a client (10.98.0.2, fd98::2) and its router (10.98.0.1, fd98::1), so that a test may redirect and reroute
/// without touching the machine. Needs root, ip and nft; a test without them is skipped and says so.
/// </summary>
internal sealed class ClientAndRouter : IDisposable
{
    private static int s_count;

    private readonly string _ip;
    private readonly string _nft;

    internal ClientAndRouter()
    {
        _ip = PeerProgram.Require("ip");
        _nft = PeerProgram.Require("nft");
        string id = $"{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Client = "nuncio-c" + id;
        Router = "nuncio-r" + id;
        Finished made = Ip("netns", "add", Router);
        Assert.SkipWhen(made.ExitCode != 0, $"no network namespace can be made, which takes root: {made.Errors.Trim()}");
        try
        {
            Ip("netns", "add", Client).Good();
            Ip("link", "add", "v0", "netns", Router, "type", "veth", "peer", "name", "v1", "netns", Client).Good();
            SetUp(Router, "v0", "10.98.0.1/24", "fd98::1/64");
            SetUp(Client, "v1", "10.98.0.2/24", "fd98::2/64");
            Ip("-n", Client, "route", "add", "default", "via", "10.98.0.1").Good();
            Ip("-n", Client, "-6", "route", "add", "default", "via", "fd98::1").Good();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Name of the client's namespace.</summary>
    internal string Client { get; }

    /// <summary>Name of the router's namespace.</summary>
    internal string Router { get; }

    public void Dispose()
    {
        Ip("netns", "del", Router);
        Ip("netns", "del", Client);
    }

    /// <summary>Runs <c>ip</c> for the router.</summary>
    internal void Route(params string[] arguments) => Ip(["-n", Router, .. arguments]).Good();

    /// <summary>Gives the router netfilter rules.</summary>
    internal void Filter(string rules)
    {
        using Scratch scratch = new();
        ChildProcess.Run(_ip, ["netns", "exec", Router, _nft, "-f", scratch.Write("rules", rules)]).Good();
    }

    /// <summary>Starts a program in a namespace; its id is the program's own.</summary>
    internal ChildProcess Start(string space, string program, params string[] arguments) =>
        new(_ip, ["netns", "exec", space, program, .. arguments]);

    private void SetUp(string space, string link, string ipv4, string ipv6)
    {
        Ip("-n", space, "link", "set", "lo", "up").Good();
        Ip("-n", space, "addr", "add", ipv4, "dev", link).Good();
        Ip("-n", space, "addr", "add", ipv6, "dev", link, "nodad").Good();
        Ip("-n", space, "link", "set", link, "up").Good();
    }

    private Finished Ip(params string[] arguments) => ChildProcess.Run(_ip, arguments);
}
