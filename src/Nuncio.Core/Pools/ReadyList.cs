using System.Diagnostics;

namespace Nuncio.Core.Pools;

/// <summary>
/// Connections that can take a stream, the one freed last in front, linked through themselves. Owner: its pool. The longest idle
/// one is therefore always the last.
/// </summary>
internal sealed class ReadyList
{
    /// <summary>The connection freed last.</summary>
    public PooledHttpConnection? First { get; private set; }

    /// <summary>The connection that has been idle for longest.</summary>
    public PooledHttpConnection? Last { get; private set; }

    /// <summary>Puts a connection in front.</summary>
    public void Push(PooledHttpConnection connection)
    {
        Debug.Assert(!connection.IsInReadyList);
        connection.IsInReadyList = true;
        connection.NextReady = First;
        if (First is null)
        {
            Last = connection;
        }
        else
        {
            First.PreviousReady = connection;
        }

        First = connection;
    }

    /// <summary>Takes a connection out.</summary>
    public void Remove(PooledHttpConnection connection)
    {
        Debug.Assert(connection.IsInReadyList);
        connection.IsInReadyList = false;
        if (connection.PreviousReady is null)
        {
            First = connection.NextReady;
        }
        else
        {
            connection.PreviousReady.NextReady = connection.NextReady;
        }

        if (connection.NextReady is null)
        {
            Last = connection.PreviousReady;
        }
        else
        {
            connection.NextReady.PreviousReady = connection.PreviousReady;
        }

        connection.NextReady = null;
        connection.PreviousReady = null;
    }
}
