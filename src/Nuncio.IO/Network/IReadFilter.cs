namespace Nuncio.IO.Network;

/// <summary>A network filter on the way in. One per connection, owned by its worker; called in the order of adding.</summary>
public interface IReadFilter
{
    /// <summary>Called once, when added.</summary>
    void OnInitialize(Connection connection);

    /// <summary>Called once, before the first byte, when every filter before has continued.</summary>
    FilterStatus OnNewConnection();

    /// <summary>Bytes that filters before have let through. What is not drained is given again with the next bytes.</summary>
    FilterStatus OnData(Buffer data, bool endStream);
}
