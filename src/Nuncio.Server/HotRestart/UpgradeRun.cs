using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Nuncio.IO.Events;
using Nuncio.IO.Timers;
using Nuncio.Server.Systemd;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// Starts the process that is to replace this one, when an operator asks, and tells him how it goes. The old process starts the new one, not
/// the operator's command, so that user, environment, output and control group stay what they are.
/// </summary>
/// <remarks>Owner: main thread; one upgrade at a time. A process that is not ready in time is killed.</remarks>
internal sealed class UpgradeRun : ITimerHandler
{
    /// <summary>What systemd says to one process only.</summary>
    private static readonly string[] s_ownVariables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "WATCHDOG_PID"];

    private readonly Dispatcher _main;
    private readonly ServiceNotifier _service;
    private readonly ILogger _log;
    private readonly Timer _patience;
    private Process? _process;
    private RestartSession? _operator;

    internal UpgradeRun(Dispatcher main, ServiceNotifier service, ILogger log)
    {
        _main = main;
        _service = service;
        _log = log;
        _patience = new Timer(main.Timers, this);
    }

    /// <summary>The arguments that this process was started with.</summary>
    internal string[] Arguments { get; } = Environment.GetCommandLineArgs()[1..];

    /// <summary>Starts it; null, or why it cannot be.</summary>
    internal string? TryStart(RestartSession who, string executable, List<string> arguments, TimeSpan patience)
    {
        if (_process is not null)
        {
            return "an upgrade is under way already";
        }

        var start = new ProcessStartInfo(executable, arguments) { UseShellExecute = false, WorkingDirectory = Environment.CurrentDirectory };
        foreach (string variable in s_ownVariables)
        {
            start.Environment.Remove(variable);
        }

        _log.Upgrading(executable + " " + string.Join(' ', arguments));
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Exception failure) when (failure is ExternalException or InvalidOperationException)
        {
            return $"cannot start {executable}: {failure.Message}";
        }

        _operator = who;
        _service.Reloading(_main.Clock.MonotonicNanos);
        _patience.Arm(patience);
        OnProgress(string.Create(CultureInfo.InvariantCulture, $"process {_process.Id} started"));
        Process started = _process;
        started.Exited += (_, _) => _main.Post(() => OnExited(started));
        started.EnableRaisingEvents = true;
        return null;
    }

    internal void OnProgress(string step) => _operator?.Tell(step);

    /// <summary>The new process has taken over.</summary>
    internal void OnDone()
    {
        _operator?.TellEnd(null);
        Forget();
    }

    /// <summary>Nobody is left to tell; the upgrade goes on.</summary>
    internal void OnOperatorGone(RestartSession who)
    {
        if (who == _operator)
        {
            _operator = null;
        }
    }

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        try
        {
            _process?.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself just now.
        }

        Fail("the new process did not become ready in time and was killed");
    }

    private void OnExited(Process process)
    {
        if (process == _process)
        {
            Fail(string.Create(CultureInfo.InvariantCulture, $"the new process ended with code {process.ExitCode} before it was ready; its log says why"));
        }
    }

    private void Fail(string reason)
    {
        _log.UpgradeFailed(reason);
        _operator?.TellEnd(reason);
        _service.Ready();
        Forget();
    }

    private void Forget()
    {
        _patience.Disarm();
        _process = null;
        _operator = null;
    }
}
