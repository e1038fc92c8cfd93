using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.NetworkFilters;
using Nuncio.IO.Network;

namespace Nuncio.Extensions.NetworkFilters.Rbac;

/// <summary>The RBAC filter of one filter chain, shared by workers; immutable.</summary>
public sealed class RbacProvider(RbacConfig config) : NetworkFilterProvider
{
    /// <summary>Who may use connections.</summary>
    public RbacConfig Config => config;

    /// <inheritdoc/>
    public override NetworkFilterMaker CreateForWorker(WorkerContext worker, ListenerContext listener) =>
        new RbacMaker(config, new RbacStats(worker.Stats, config));
}

/// <summary>Makes one worker's RBAC filters. Owner: that worker.</summary>
internal sealed class RbacMaker(RbacConfig config, RbacStats stats) : NetworkFilterMaker
{
    private readonly string _shadowPolicyKey = config.ShadowStatPrefix + "shadow_effective_policy_id";
    private readonly string _shadowResultKey = config.ShadowStatPrefix + "shadow_engine_result";

    internal RbacConfig Config => config;

    internal RbacStats Stats => stats;

    internal string ShadowPolicyKey => _shadowPolicyKey;

    internal string ShadowResultKey => _shadowResultKey;

    /// <inheritdoc/>
    public override void AddTo(Connection connection, in AcceptedConnection accepted)
    {
        if (config.Rules is not null || config.ShadowRules is not null)
        {
            connection.AddReadFilter(new RbacFilter(this, accepted.Info));
        }
    }
}
