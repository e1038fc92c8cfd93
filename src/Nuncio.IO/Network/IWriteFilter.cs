namespace Nuncio.IO.Network;

/// <summary>A network filter on the way out. One per connection, owned by its worker; called in reverse order of adding.</summary>
public interface IWriteFilter
{
    /// <summary>Called once, when added.</summary>
    void OnInitialize(Connection connection);

    /// <summary>Bytes about to be queued. After StopIteration what is left in <paramref name="data"/> stays with the writer.</summary>
    FilterStatus OnWrite(Buffer data, bool endStream);
}
