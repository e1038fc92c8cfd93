namespace Nuncio.Base.Stats;

/// <summary>
/// Finds a worker's number in <c>listener.[address.]worker_0.x</c>, <c>listener_manager.worker_0.x</c> and
/// <c>server.worker_0.x</c>; <c>worker_</c> stays in the name.
/// </summary>
internal sealed class WorkerIdTagExtractor : TagExtractor
{
    private const string Worker = "worker_";

    internal WorkerIdTagExtractor(string tagName)
        : base(tagName, "")
    {
    }

    /// <inheritdoc/>
    internal override bool TryExtract(string name, out TagMatch match)
    {
        match = default;
        int dot = ListenerAddressTagExtractor.EndOfAddress(name);
        if (dot < 0)
        {
            dot = TokenEnd(name, 0);
            if (name.AsSpan(0, dot) is not ("server" or "listener_manager"))
            {
                return false;
            }
        }

        if (dot >= name.Length || !name.AsSpan(dot + 1).StartsWith(Worker))
        {
            return false;
        }

        int start = dot + 1 + Worker.Length;
        int end = start;
        while (end < name.Length && char.IsAsciiDigit(name[end]))
        {
            end++;
        }

        if (end == start || end == name.Length || name[end] != '.')
        {
            return false;
        }

        match = new TagMatch(start..end, start..(end + 1));
        return true;
    }
}
