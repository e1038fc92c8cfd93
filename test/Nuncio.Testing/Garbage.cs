namespace Nuncio.Testing;

/// <summary>
/// Measures what this thread allocates for something that is done again and again. Stateless.
/// </summary>
public static class Garbage
{
    private const int Rounds = 5;
    private const int Repetitions = 1000;

    /// <summary>
    /// Bytes of the round of a thousand that allocated least. The runtime may replace a method by its optimised form at any time, which can
    /// allocate once; real garbage is there in every round.
    /// </summary>
    public static long Of(Action once)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Repetitions; i++)
            {
                once();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
