namespace Nuncio.IO.Events;

/// <summary>One event as a <see cref="Poller"/> reports it.</summary>
/// <param name="Token">What was given when the descriptor was added.</param>
/// <param name="Events">What happened.</param>
public readonly record struct PollerEvent(ulong Token, IoEvents Events);
