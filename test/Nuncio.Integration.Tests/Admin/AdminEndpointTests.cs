using System.Text.Json;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Admin;

public sealed class AdminEndpointTests
{
    private const string Text = "text/plain; charset=UTF-8";
    private const string Json = "application/json";

    [Theory]
    [InlineData("GET", "/", 200, "text/html; charset=UTF-8", "<title>Nuncio admin</title>")]
    [InlineData("GET", "/help", 200, Text, "admin commands are:\n  /: Admin home page\n")]
    [InlineData("GET", "/ready", 200, Text, "LIVE\n")]
    [InlineData("POST", "/ready", 200, Text, "LIVE\n")]
    [InlineData("GET", "/ready?with=query", 200, Text, "LIVE\n")]
    [InlineData("GET", "/server_info", 200, Json, "\"hot_restart_version\": \"nuncio.1\"")]
    [InlineData("GET", "/memory", 200, Json, "\"total_allocated\": ")]
    [InlineData("GET", "/clusters", 200, Text, "upstream::default_priority::max_connections::1024\n")]
    [InlineData("GET", "/clusters?format=json", 200, Json, "\"name\": \"upstream\"")]
    [InlineData("GET", "/clusters?filter=%5b", 400, Text, "Invalid re2 regex")]
    [InlineData("GET", "/listeners", 200, Text, "http::127.0.0.1:")]
    [InlineData("GET", "/listeners?format=json", 200, Json, "\"listener_statuses\"")]
    [InlineData("GET", "/config_dump", 200, Json, "\"@type\": \"type.googleapis.com/envoy.admin.v3.BootstrapConfigDump\"")]
    [InlineData("GET", "/config_dump?resource=nothing", 404, Text, "nothing not found in config dump")]
    [InlineData("GET", "/config_dump?resource=bootstrap", 400, Text, "bootstrap is not a repeated field. Use ?mask=bootstrap to get only this field")]
    [InlineData("GET", "/config_dump?mask=no_such_field", 400, Text, "FieldMask no_such_field could not be successfully applied to any configs.")]
    [InlineData("GET", "/config_dump?name_regex=%5b", 400, Text, "INVALID_ARGUMENT: Error while parsing name_regex from [: ")]
    [InlineData("GET", "/stats", 200, Text, "server.live: 1\n")]
    [InlineData("GET", "/stats?filter=%5b", 400, Text, "Invalid re2 regex")]
    [InlineData("GET", "/stats?type=Nonsense", 400, Text, "invalid &type= param")]
    [InlineData("GET", "/stats?format=json", 200, Json, "\"server.live\"")]
    [InlineData("GET", "/stats?format=html", 200, "text/html; charset=UTF-8", "server.live: 1\n")]
    [InlineData("GET", "/stats/prometheus", 200, Text, "# TYPE envoy_server_live gauge\n")]
    [InlineData("GET", "/stats?format=prometheus&filter=server.live", 200, Text, "envoy_server_live{} 1\n")]
    [InlineData("GET", "/runtime", 200, Json, "\"layers\": ")]
    [InlineData("POST", "/runtime_modify", 400, Text, "usage: /runtime_modify?")]
    [InlineData("POST", "/logging", 200, Text, "active loggers:\n  admin: info\n")]
    [InlineData("POST", "/logging?level=nonsense", 400, Text, "error: unknown logger level\n\nusage: /logging?<name>=<level>")]
    [InlineData("POST", "/logging?nobody=info", 400, Text, "error: unknown logger name\n")]
    [InlineData("POST", "/logging?admin=info&main=info", 400, Text, "error: invalid number of parameters\n")]
    [InlineData("POST", "/reset_counters", 200, Text, "OK\n")]
    [InlineData("GET", "/memory/tcmalloc", 501, Text, "Envoy was not built with tcmalloc.")]
    [InlineData("GET", "/nonsense", 404, Text, "invalid path. admin commands are:\n")]
    public void Endpoint_Answers(string method, string target, int status, string contentType, string part)
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Admin(target, method);

        Assert.Equal(status, reply.Status);
        Assert.Equal(contentType, reply.Header("content-type"));
        Assert.Contains(part, reply.Body, StringComparison.Ordinal);
        Assert.Equal("no-cache, max-age=0", reply.Header("cache-control"));
        Assert.Equal("nosniff", reply.Header("x-content-type-options"));
        if (contentType == Json)
        {
            JsonDocument.Parse(reply.Body).Dispose();
        }
    }

    [Theory]
    [InlineData("/healthcheck/fail")]
    [InlineData("/healthcheck/ok")]
    [InlineData("/quitquitquit")]
    [InlineData("/reset_counters")]
    [InlineData("/drain_listeners")]
    [InlineData("/logging")]
    [InlineData("/reopen_logs")]
    [InlineData("/runtime_modify")]
    public void Mutation_NeedsPost(string path)
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply get = server.Admin(path);
        HttpReply put = server.Admin(path, "PUT");

        Assert.Equal(405, get.Status);
        Assert.Equal("Method GET not allowed, POST required.", get.Body);
        Assert.Equal("Method PUT not allowed, POST required.", put.Body);
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
    }

    [Fact]
    public void Head_HasNoBody()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        HttpReply reply = server.Admin("/stats", "HEAD");

        Assert.Equal(200, reply.Status);
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
    }

    [Fact]
    public void AllowPaths_ComesBeforeMethodAndPath()
    {
        using TestServer server = TestServer.Start(Configs.Http(1, admin: Configs.Admin("  allow_paths: [{ exact: /ready }, { prefix: /stats }]\n")));

        Assert.Equal(200, server.Admin("/ready").Status);
        Assert.Equal(200, server.Admin("/stats?usedonly").Status);
        HttpReply refused = server.Admin("/quitquitquit");
        Assert.Equal(403, refused.Status);
        Assert.Equal("request to path /quitquitquit not allowed", refused.Body);
        Assert.Equal(403, server.Admin("/nonsense").Status);
    }

    [Fact]
    public void Stats_LargeListComesWholeWhileTheClientIsSlow()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        server.Instance.MainDispatcher.Post(() =>
        {
            Base.Stats.StatScope scope = server.Instance.Stats.Root().SubScope("many");
            for (int i = 0; i < 60_000; i++)
            {
                scope.Counter($"a_counter_with_quite_a_long_name_so_that_the_list_gets_long_{i}");
            }
        });
        using var client = new RawClient(server.AdminPort);

        client.Send("GET /stats?filter=%5Emany HTTP/1.1\r\nhost: a\r\n\r\n");
        Assert.Equal(200, server.Admin("/ready").Status);
        HttpReply reply = client.ReadReply();

        Assert.Equal(60_000, reply.Body.Count(static c => c == '\n'));
        Assert.True(reply.Body.Length > 4_000_000);
    }

    [Fact]
    public void ResetCounters_LeavesGauges()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        server.Get("http", "/direct");
        Assert.Equal(1, server.Instance.Stats.CounterValue("http.test.downstream_rq_total"));

        server.Admin("/reset_counters", "POST");

        Assert.Equal(0, server.Instance.Stats.CounterValue("http.test.downstream_rq_total"));
        Assert.Equal(1, server.Instance.Stats.GaugeValue("server.live"));
    }

    [Fact]
    public void Logging_ChangesLevels()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        Assert.Contains("  upstream: debug\n", server.Admin("/logging?paths=upstream:debug,main:off", "POST").Body, StringComparison.Ordinal);
        Assert.Contains("  main: off\n", server.Admin("/logging", "POST").Body, StringComparison.Ordinal);
        Assert.Contains("  config: trace\n", server.Admin("/logging?config=trace", "POST").Body, StringComparison.Ordinal);
        string all = server.Admin("/logging?level=error&paths=", "POST").Body;
        Assert.DoesNotContain(": info", all, StringComparison.Ordinal);
        Assert.Contains("  upstream: error\n", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Form_StandsForTheQuery()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        using var client = new RawClient(server.AdminPort);

        client.Send("POST /logging HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 11\r\n\r\nlevel=debug");

        Assert.Contains("  main: debug\n", client.ReadReply().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void FormTooLarge_Answers413()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));
        using var client = new RawClient(server.AdminPort);

        client.Send($"POST /logging HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 100000\r\n\r\n{new string('a', 70_000)}");

        Assert.Equal(413, client.ReadReply().Status);
        Assert.Equal("LIVE\n", server.Admin("/ready").Body);
    }

    [Fact]
    public void RuntimeModify_ShowsInRuntime()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        Assert.Equal("OK\n", server.Admin("/runtime_modify?some.key=17", "POST").Body);

        using JsonDocument runtime = JsonDocument.Parse(server.Admin("/runtime").Body);
        Assert.Equal("17", runtime.RootElement.GetProperty("entries").GetProperty("some.key").GetProperty("final_value").GetString());
    }

    [Fact]
    public void AccessLog_HasRequests()
    {
        using var folder = new TemporaryFolder();
        string log = folder["admin.log"];
        using TestServer server = TestServer.Start(Configs.Http(1, admin: Configs.Admin($"  access_log_path: \"{log}\"\n")));
        server.Admin("/ready");
        server.Instance.Lifecycle.PostShutdown("test");
        server.WaitForEnd();

        Assert.Contains("\"GET /ready HTTP/1.1\" 200", File.ReadAllText(log), StringComparison.Ordinal);
    }

    [Fact]
    public void Admin_CountsItself()
    {
        using TestServer server = TestServer.Start(Configs.Http(1));

        server.Admin("/ready");

        Assert.Equal(1, server.Instance.Stats.CounterValue("http.admin.downstream_rq_total"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener.admin.downstream_cx_total"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener.admin.main_thread.downstream_cx_total"));
        Assert.Equal(1, server.Instance.Stats.CounterValue("listener_manager.listener_added"));
    }
}
