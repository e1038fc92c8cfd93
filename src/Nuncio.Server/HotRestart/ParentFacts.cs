namespace Nuncio.Server.HotRestart;

/// <summary>What the parent told of itself in its welcome. Immutable.</summary>
/// <param name="Process">Its process id.</param>
/// <param name="Generation">Its <c>server.hot_restart_generation</c>.</param>
/// <param name="FirstStartTicks">When the process of epoch 0 started, UTC, in <see cref="DateTime.Ticks"/>.</param>
internal readonly record struct ParentFacts(int Process, long Generation, long FirstStartTicks);
