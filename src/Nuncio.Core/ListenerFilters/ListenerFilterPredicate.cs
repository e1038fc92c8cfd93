using Nuncio.Core.Streams;

namespace Nuncio.Core.ListenerFilters;

/// <summary>
/// Says for which sockets something is so; with <c>filter_disabled</c> a listener filter is left out for those. Immutable; any thread.
/// Envoy: <c>listener.v3.ListenerFilterChainMatchPredicate</c>.
/// </summary>
/// <remarks>Asked when the filter's turn comes, so it sees what the filters before it restored.</remarks>
public abstract class ListenerFilterPredicate
{
    /// <summary>Every socket.</summary>
    public static readonly ListenerFilterPredicate Any = new AnySocket();

    /// <summary>Whether it is so for this socket.</summary>
    public abstract bool Matches(ConnectionInfo info);

    /// <summary>Those for which all of the others are so.</summary>
    public static ListenerFilterPredicate All(IReadOnlyList<ListenerFilterPredicate> predicates) => new SetOfPredicates(predicates, wanted: false);

    /// <summary>Those for which at least one of the others is so.</summary>
    public static ListenerFilterPredicate AnyOf(IReadOnlyList<ListenerFilterPredicate> predicates) => new SetOfPredicates(predicates, wanted: true);

    /// <summary>Those for which the other one is not so.</summary>
    public static ListenerFilterPredicate Not(ListenerFilterPredicate predicate) => new NotSocket(predicate);

    /// <summary>Those whose destination port, as restored, lies from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static ListenerFilterPredicate DestinationPorts(int start, int end) => new PortSocket(start, end);

    private sealed class AnySocket : ListenerFilterPredicate
    {
        public override bool Matches(ConnectionInfo info) => true;
    }

    private sealed class NotSocket(ListenerFilterPredicate predicate) : ListenerFilterPredicate
    {
        public override bool Matches(ConnectionInfo info) => !predicate.Matches(info);
    }

    private sealed class PortSocket(int start, int end) : ListenerFilterPredicate
    {
        public override bool Matches(ConnectionInfo info) =>
            info.LocalAddress is { IsIp: true, Port: var port } && port >= start && port < end;
    }

    /// <summary>"Or" looks for one that is so, "and" for one that is not; both stop there.</summary>
    private sealed class SetOfPredicates(IReadOnlyList<ListenerFilterPredicate> predicates, bool wanted) : ListenerFilterPredicate
    {
        private readonly ListenerFilterPredicate[] _predicates = [.. predicates];

        public override bool Matches(ConnectionInfo info)
        {
            foreach (ListenerFilterPredicate predicate in _predicates)
            {
                if (predicate.Matches(info) == wanted)
                {
                    return wanted;
                }
            }

            return !wanted;
        }
    }
}
