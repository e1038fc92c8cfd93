using Nuncio.Integration.Tests.Server;
using Nuncio.Server.CommandLine;

namespace Nuncio.Integration.Tests.Lifecycle;

public sealed class ContainmentTests
{
    [Fact]
    public void ExceptionOnTheMainThread_IsLoggedAndCountedAndTheServerGoesOn()
    {
        using var folder = new TemporaryFolder();
        string log = folder["log"];
        using (TestServer server = TestServer.Start(Configs.Http(1), new ServerOptions { LogPath = log }))
        {
            server.Instance.MainDispatcher.Post(static () => throw new InvalidOperationException("on purpose"));

            Assert.Equal("LIVE\n", server.Admin("/ready").Body);
            Assert.Equal(1, server.Instance.Stats.CounterValue("server.contained_exceptions"));
        }

        string text = File.ReadAllText(log);
        Assert.Contains("an exception was contained in main, posted work", text, StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: on purpose", text, StringComparison.Ordinal);
    }
}
