using System.Globalization;
using Nuncio.Base.Stats;

namespace Nuncio.Core.Listeners;

/// <summary><c>listener.&lt;address&gt;.</c> of one worker (Appendix A of the feature reference).</summary>
internal sealed class ListenerStats
{
    internal ListenerStats(StatScope scope, int workerIndex)
    {
        CxTotal = scope.Counter("downstream_cx_total");
        CxDestroy = scope.Counter("downstream_cx_destroy");
        CxActive = scope.Gauge("downstream_cx_active");
        CxOverflow = scope.Counter("downstream_cx_overflow");
        CxOverloadReject = scope.Counter("downstream_cx_overload_reject");
        GlobalCxOverflow = scope.Counter("downstream_global_cx_overflow");
        PreCxTimeout = scope.Counter("downstream_pre_cx_timeout");
        PreCxActive = scope.Gauge("downstream_pre_cx_active");
        FilterRemoteClose = scope.Counter("downstream_listener_filter_remote_close");
        FilterError = scope.Counter("downstream_listener_filter_error");
        AcceptedPerEvent = scope.Histogram("connections_accepted_per_socket_event", HistogramUnit.Unspecified);
        scope.Counter("extension_config_missing"); // Counted by the filter that misses it.
        NetworkExtensionConfigMissing = scope.Counter("network_extension_config_missing");
        NoFilterChainMatch = scope.Counter("no_filter_chain_match");
        AcceptFailures = scope.Counter("downstream_cx_accept_failure");
        CxLengthMs = scope.Histogram("downstream_cx_length_ms", HistogramUnit.Milliseconds);
        string handler = workerIndex == 0 ? "main_thread" : "worker_" + (workerIndex - 1).ToString(CultureInfo.InvariantCulture);
        StatScope worker = scope.SubScope(handler);
        WorkerCxTotal = worker.Counter("downstream_cx_total");
        WorkerCxActive = worker.Gauge("downstream_cx_active");
    }

    internal Counter CxTotal { get; }

    internal Counter CxDestroy { get; }

    internal Gauge CxActive { get; }

    internal Counter CxOverflow { get; }

    internal Counter CxOverloadReject { get; }

    internal Counter GlobalCxOverflow { get; }

    internal Counter PreCxTimeout { get; }

    internal Gauge PreCxActive { get; }

    /// <summary>The client ended while a listener filter had its socket.</summary>
    internal Counter FilterRemoteClose { get; }

    /// <summary>Reading for a listener filter failed.</summary>
    internal Counter FilterError { get; }

    internal Histogram AcceptedPerEvent { get; }

    /// <summary>Connections closed because a network filter's configuration was not found.</summary>
    internal Counter NetworkExtensionConfigMissing { get; }

    internal Counter NoFilterChainMatch { get; }

    /// <summary>Ours: accepting failed for want of descriptors or memory and is being tried again.</summary>
    internal Counter AcceptFailures { get; }

    internal Histogram CxLengthMs { get; }

    internal Counter WorkerCxTotal { get; }

    internal Gauge WorkerCxActive { get; }
}
