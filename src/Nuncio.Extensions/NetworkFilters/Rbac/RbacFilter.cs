using Nuncio.Core.Authorization;
using Nuncio.Core.Streams;
using Nuncio.IO.Network;
using Nuncio.IO.Timers;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Extensions.NetworkFilters.Rbac;

/// <summary>
/// Lets a connection through or closes it, when its first bytes arrive or whenever some do.
/// </summary>
/// <remarks>
/// Owner: the worker; one per connection, ends with it, or takes itself out once it has let the connection through for good. Decides with
/// bytes and not before, because filters behind it may tell more of the connection only then. States:
/// <code>
///   Undecided --allowed--> Gone (one time), Undecided (continuous)
///   Undecided --denied---> Closed at once, or Waiting with reading disabled --timer--> Closed
/// </code>
/// </remarks>
internal sealed class RbacFilter(RbacMaker rbac, ConnectionInfo info) : IReadFilter, IConnectionCallbacks, ITimerHandler
{
    private const string MetadataNamespace = "envoy.filters.network.rbac";
    private const string CloseReason = "rbac_deny_close";

    private Connection _connection = null!;
    private Timer? _delay;

    /// <inheritdoc/>
    public void OnInitialize(Connection connection) => _connection = connection;

    /// <inheritdoc/>
    public FilterStatus OnNewConnection() => FilterStatus.Continue;

    /// <inheritdoc/>
    public FilterStatus OnData(Buffer data, bool endStream)
    {
        if (_delay is not null)
        {
            return FilterStatus.StopIteration;
        }

        AskShadowRules(AuthorizationInput.Of(info));
        if (!Ask(AuthorizationInput.Of(info)))
        {
            return FilterStatus.StopIteration;
        }

        if (!rbac.Config.IsContinuous)
        {
            _connection.RemoveReadFilter(this);
        }

        return FilterStatus.Continue;
    }

    /// <inheritdoc/>
    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        if (connectionEvent != ConnectionEvent.Connected)
        {
            _delay?.Disarm();
        }
    }

    /// <inheritdoc/>
    public void OnAboveWriteBufferHighWatermark()
    {
    }

    /// <inheritdoc/>
    public void OnBelowWriteBufferLowWatermark()
    {
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer) => _connection.Close(ConnectionCloseType.NoFlush, CloseReason);

    /// <inheritdoc/>
    public void OnUnhandledException(Exception exception) => _connection.Close(ConnectionCloseType.Abort, CloseReason);

    private bool Ask(in AuthorizationInput input)
    {
        if (rbac.Config.Rules is not { } rules)
        {
            return true;
        }

        AuthorizationDecision decision = rules.Decide(input);
        if (decision.LogHint is { } hint)
        {
            Note(AuthorizationDecision.LogHintNamespace, AuthorizationDecision.LogHintKey, hint);
        }

        if (decision.IsAllowed)
        {
            rbac.Stats.Allowed.Inc();
            return true;
        }

        rbac.Stats.Denied.Inc();
        info.TerminationDetails = decision.DeniedDetails;
        Deny();
        return false;
    }

    private void Deny()
    {
        if (rbac.Config.DelayNanos == 0)
        {
            _connection.Close(ConnectionCloseType.NoFlush, CloseReason);
            return;
        }

        _delay = new Timer(_connection.Dispatcher.Timers, this);
        _delay.Arm(rbac.Config.DelayNanos);
        _connection.AddCallbacks(this);
        _connection.ReadDisable(true);
    }

    private void AskShadowRules(in AuthorizationInput input)
    {
        if (rbac.Config.ShadowRules is not { } rules)
        {
            return;
        }

        AuthorizationDecision decision = rules.Decide(input);
        (decision.IsAllowed ? rbac.Stats.ShadowAllowed : rbac.Stats.ShadowDenied).Inc();
        if (decision.Policy is { } policy)
        {
            Note(MetadataNamespace, rbac.ShadowPolicyKey, policy.Name);
        }

        Note(MetadataNamespace, rbac.ShadowResultKey, decision.IsAllowed ? "allowed" : "denied");
    }

    private void Note(string ns, string key, object value) => (info.Metadata ??= new DynamicMetadata()).Set(ns, key, value);
}
