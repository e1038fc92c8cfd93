using Envoy.Config.Core.V3;
using Nuncio.Server.CommandLine;

namespace Nuncio.Server.Bootstrap;

/// <summary>Who this proxy is: the bootstrap's node with the command line's words over it. Stateless.</summary>
internal static class NodeIdentity
{
    internal static Node Make(Node? configured, ServerOptions options)
    {
        Node node = configured?.Clone() ?? new Node();
        if (options.ServiceNode.Length > 0)
        {
            node.Id = options.ServiceNode;
        }

        if (options.ServiceCluster.Length > 0)
        {
            node.Cluster = options.ServiceCluster;
        }

        if (options.ServiceZone.Length > 0)
        {
            node.Locality ??= new Locality();
            node.Locality.Zone = options.ServiceZone;
        }

        node.UserAgentName = "nuncio";
        node.UserAgentVersion = VersionText.Number;
        return node;
    }
}
