using System.Text.Json;
using Nuncio.Integration.Tests.Server;

namespace Nuncio.Integration.Tests.Admin;

public sealed class ClustersTests
{
    [Fact]
    public void Text_IsAsEnvoyPrintsIt()
    {
        using TestServer server = TestServer.Start(Configs.Http(12345));

        string text = server.Admin("/clusters").Body;

        Assert.Equal(
            """
            upstream::observability_name::upstream
            upstream::default_priority::max_connections::1024
            upstream::default_priority::max_pending_requests::1024
            upstream::default_priority::max_requests::1024
            upstream::default_priority::max_retries::3
            upstream::high_priority::max_connections::1024
            upstream::high_priority::max_pending_requests::1024
            upstream::high_priority::max_requests::1024
            upstream::high_priority::max_retries::3
            upstream::added_via_api::false
            upstream::127.0.0.1:12345::cx_active::0
            upstream::127.0.0.1:12345::cx_connect_fail::0
            upstream::127.0.0.1:12345::cx_total::0
            upstream::127.0.0.1:12345::rq_active::0
            upstream::127.0.0.1:12345::rq_error::0
            upstream::127.0.0.1:12345::rq_success::0
            upstream::127.0.0.1:12345::rq_timeout::0
            upstream::127.0.0.1:12345::rq_total::0
            upstream::127.0.0.1:12345::hostname::
            upstream::127.0.0.1:12345::health_flags::healthy
            upstream::127.0.0.1:12345::weight::1
            upstream::127.0.0.1:12345::region::
            upstream::127.0.0.1:12345::zone::
            upstream::127.0.0.1:12345::sub_zone::
            upstream::127.0.0.1:12345::canary::false
            upstream::127.0.0.1:12345::priority::0
            upstream::127.0.0.1:12345::success_rate::-1
            upstream::127.0.0.1:12345::local_origin_success_rate::-1

            """,
            text);
    }

    [Fact]
    public void Json_HasHostsAndTheirStats()
    {
        using TestServer server = TestServer.Start(Configs.Http(12345));

        using JsonDocument clusters = JsonDocument.Parse(server.Admin("/clusters?format=json").Body);

        JsonElement host = clusters.RootElement.GetProperty("cluster_statuses")[0].GetProperty("host_statuses")[0];
        Assert.Equal(12345, host.GetProperty("address").GetProperty("socket_address").GetProperty("port_value").GetInt32());
        Assert.Equal("HEALTHY", host.GetProperty("health_status").GetProperty("eds_health_status").GetString());
        Assert.Equal(8, host.GetProperty("stats").GetArrayLength());
    }

    [Fact]
    public void Filter_LeavesClustersOut()
    {
        using TestServer server = TestServer.Start(Configs.Http(12345));

        Assert.Equal("", server.Admin("/clusters?filter=other").Body);
        Assert.NotEqual("", server.Admin("/clusters?filter=stre").Body);
    }
}
