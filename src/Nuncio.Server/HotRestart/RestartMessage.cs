namespace Nuncio.Server.HotRestart;

/// <summary>
/// The first byte of every message between two processes of a hot restart. Numbers are the wire's: they never change their meaning without
/// <see cref="RestartProtocol.Version"/> changing.
/// </summary>
internal enum RestartMessage : byte
{
    /// <summary>No message.</summary>
    None = 0,

    /// <summary>New process: version and epoch.</summary>
    Hello = 1,

    /// <summary>New process: the listening sockets, please.</summary>
    GetSockets = 2,

    /// <summary>New process: what was counted since the last time, please.</summary>
    GetStats = 3,

    /// <summary>New process: it accepts; the old one may stop and drain, and ends after the milliseconds given.</summary>
    Drain = 4,

    /// <summary>New process: end now.</summary>
    Terminate = 5,

    /// <summary>Operator: who are you?</summary>
    GetStatus = 6,

    /// <summary>Operator: start this executable with these arguments as the new process, and tell how it goes.</summary>
    Upgrade = 7,

    /// <summary>To the new process: epoch, generation, start of the first epoch.</summary>
    Welcome = 64,

    /// <summary>A request was refused; the reason follows, in words.</summary>
    Refused = 65,

    /// <summary>Some listening sockets, their descriptors beside.</summary>
    Sockets = 66,

    /// <summary>Some counters and gauges.</summary>
    Stats = 67,

    /// <summary>A request was carried out.</summary>
    Done = 68,

    /// <summary>To the operator: process, epoch, folder and arguments.</summary>
    Status = 69,

    /// <summary>To the operator: a step of an upgrade, in words.</summary>
    Progress = 70,
}
