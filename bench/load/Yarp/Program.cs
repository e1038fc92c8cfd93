using Yarp.ReverseProxy.Configuration;

// The plainest YARP: one route, one cluster, one destination, no log. Arguments: port to listen on, port of the upstream.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(int.Parse(args[0])));

var route = new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "{**rest}" } };
var destination = new DestinationConfig { Address = $"http://127.0.0.1:{args[1]}/" };
var cluster = new ClusterConfig
{
    ClusterId = "upstream",
    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = destination },
};
builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);

var application = builder.Build();
application.MapReverseProxy();
application.Run();
