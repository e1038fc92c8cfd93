using Nuncio.Base.Stats;

namespace Nuncio.Core.Listeners;

/// <summary><c>listener_manager.</c> (Appendix A of the feature reference). Main thread.</summary>
internal sealed class ListenerManagerStats(StatScope scope)
{
    internal readonly Counter Added = scope.Counter("listener_added");
    internal readonly Counter Modified = scope.Counter("listener_modified");
    internal readonly Counter Removed = scope.Counter("listener_removed");
    internal readonly Counter Stopped = scope.Counter("listener_stopped");
    internal readonly Counter CreateSuccess = scope.Counter("listener_create_success");
    internal readonly Counter CreateFailure = scope.Counter("listener_create_failure");
    internal readonly Counter InPlaceUpdated = scope.Counter("listener_in_place_updated");
    internal readonly Gauge Warming = scope.Gauge("total_listeners_warming");
    internal readonly Gauge Active = scope.Gauge("total_listeners_active");
    internal readonly Gauge Draining = scope.Gauge("total_listeners_draining");
    internal readonly Gauge DrainingChains = scope.Gauge("total_filter_chains_draining");
    internal readonly Gauge WorkersStarted = scope.Gauge("workers_started");
}
