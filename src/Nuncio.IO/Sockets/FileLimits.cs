using Nuncio.IO.Interop;

namespace Nuncio.IO.Sockets;

/// <summary>How many descriptors the process may have. Called at start-up.</summary>
public static unsafe class FileLimits
{
    private const int OpenFiles = 7;

    /// <summary>Raises the soft limit to the hard one and answers what holds now.</summary>
    public static long RaiseToHardLimit()
    {
        // Safety: a local structure, not kept by the call.
        LibC.ResourceLimit limit;
        if (LibC.GetLimit(OpenFiles, &limit) < 0)
        {
            return -1;
        }

        if (limit.Soft < limit.Hard)
        {
            LibC.ResourceLimit raised = limit;
            raised.Soft = limit.Hard;
            if (LibC.SetLimit(OpenFiles, &raised) == 0)
            {
                limit = raised;
            }
        }

        return limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;
    }
}
