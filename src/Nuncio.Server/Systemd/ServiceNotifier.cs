using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nuncio.IO.Timers;

namespace Nuncio.Server.Systemd;

/// <summary>
/// Tells systemd how the service is: ready, reloading, stopping, replaced by another process, alive. Without systemd it says nothing. See
/// sd_notify(3).
/// </summary>
/// <remarks>
/// Owner: main thread. One per process. A word that cannot be delivered is lost: the service does not depend on its manager. After
/// <see cref="HandOver"/> this process is not the service any more and keeps quiet.
/// </remarks>
public sealed class ServiceNotifier : ITimerHandler
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchdogProcessVariable = "WATCHDOG_PID";
    private const int WatchdogShare = 3; // Three times as often as systemd wants it.

    private readonly UnixDomainSocketEndPoint? _manager;
    private readonly TimeSpan _watchdog;
    private Timer? _timer;
    private bool _isQuiet;

    private ServiceNotifier(string? socket, TimeSpan watchdog)
    {
        _manager = socket is { Length: > 1 } && socket[0] is '/' or '@' ? new UnixDomainSocketEndPoint(socket[0] == '@' ? "\0" + socket[1..] : socket) : null;
        _watchdog = watchdog;
    }

    /// <summary>For a process that systemd did not start.</summary>
    public static ServiceNotifier None { get; } = new(null, TimeSpan.Zero);

    /// <summary>As the environment says.</summary>
    public static ServiceNotifier FromEnvironment() => From(Environment.GetEnvironmentVariable);

    /// <summary>Ready to serve, and what <c>systemctl status</c> shows.</summary>
    public void Ready(string status = "serving") => Send("READY=1\nSTATUS=" + status);

    /// <summary>The configuration is loaded anew; <see cref="Ready"/> ends it.</summary>
    /// <param name="monotonicNanos">The system's monotonic clock now, which tells systemd which of several reloads this one is.</param>
    public void Reloading(long monotonicNanos) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonicNanos / 1000}\nSTATUS=reloading"));

    /// <summary>On its way to the end.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=draining");

    /// <summary>Another process is the service from now on.</summary>
    public void HandOver(int process)
    {
        Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={process}"));
        _isQuiet = true;
        _timer?.Disarm();
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        Send("WATCHDOG=1");
        timer.Arm(_watchdog);
    }

    internal static ServiceNotifier From(Func<string, string?> environment)
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        bool isMine = environment(WatchdogProcessVariable) is not { } process || process == own;
        bool isWatched = long.TryParse(environment(WatchdogVariable), NumberStyles.None, CultureInfo.InvariantCulture, out long micros) && micros > 0;
        return new ServiceNotifier(environment(SocketVariable), isWatched && isMine ? TimeSpan.FromMicroseconds(micros / WatchdogShare) : TimeSpan.Zero);
    }

    /// <summary>Tells systemd regularly that the main thread's loop turns, if the unit asks for it (<c>WatchdogSec=</c>).</summary>
    internal void StartWatchdog(TimerWheel timers)
    {
        if (_manager is not null && _watchdog > TimeSpan.Zero)
        {
            _timer = new Timer(timers, this);
            OnTimer(_timer);
        }
    }

    private void Send(string words)
    {
        if (_manager is null || _isQuiet)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(words), _manager);
        }
        catch (SocketException)
        {
            // Nobody listens, or not fast enough.
        }
    }
}
