using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Dns;
using Nuncio.Core.Listeners;
using Nuncio.IO.Events;
using Nuncio.IO.Files;
using Nuncio.IO.Sockets;
using Nuncio.Server.Overload;
using Nuncio.Server.Systemd;

namespace Nuncio.Server.Bootstrap;

/// <summary>Where a server touches the machine, so that a test can put something else there. Immutable; made before the server.</summary>
public sealed record ServerSeams
{
    /// <summary>The machine itself.</summary>
    public static ServerSeams Machine { get; } = new();

    /// <summary>Socket calls of all threads.</summary>
    public SocketApi Sockets { get; init; } = LinuxSockets.Instance;

    /// <summary>The clocks.</summary>
    public Clock Clock { get; init; } = SystemClock.Instance;

    /// <summary>Makes the poller of one thread.</summary>
    public Func<Poller> MakePoller { get; init; } = static () => new EpollPoller();

    /// <summary>Makes the random numbers of one thread.</summary>
    public Func<RandomSource> MakeRandom { get; init; } = RandomSource.FromSystem;

    /// <summary>Makes the resolver of names for the main thread.</summary>
    public Func<Dispatcher, DnsResolver> MakeResolver { get; init; } = static main => new SystemDnsResolver(main);

    /// <summary>Ends the process at once, leaving what a debugger needs, because a thread is stuck. Any thread.</summary>
    public Action<string> Abort { get; init; } = Environment.FailFast;

    /// <summary>Reads the stack of a thread that is stuck; null when it must not.</summary>
    internal StackReader? Stacks { get; init; } = StackReader.FromEnvironment();

    /// <summary>Listening sockets that were open before this process; null when there are none.</summary>
    public IInheritedSockets? InheritedSockets { get; init; }

    /// <summary>Tells systemd how the service is.</summary>
    public ServiceNotifier Service { get; init; } = ServiceNotifier.None;

    /// <summary>The configuration file as it was before it was read; null takes it as it is when watching begins.</summary>
    public FileStamp? ConfigStamp { get; init; }

    /// <summary>When the first of the processes that replaced each other started, UTC, in <see cref="DateTime.Ticks"/>; 0: this one is the first.</summary>
    public long FirstStartTicks { get; init; }

    /// <summary>Where access logs are written.</summary>
    public ILogFileSystem LogFiles { get; init; } = new LinuxLogFileSystem();
}
