namespace Nuncio.Core.Listeners;

/// <summary>A connection's protocol that can end politely when its listener drains. Called on the connection's worker.</summary>
public interface IDrainable
{
    /// <summary>Drain began: close now if idle, or as soon as what is in flight was answered.</summary>
    void OnDrain();
}

/// <summary>Where the protocols of one listener's connections on one worker report, so that a drain reaches them.</summary>
public interface IDrainables
{
    /// <summary>Adds one.</summary>
    void Add(IDrainable drainable);

    /// <summary>Removes one; nothing happens when it is not there.</summary>
    void Remove(IDrainable drainable);
}
