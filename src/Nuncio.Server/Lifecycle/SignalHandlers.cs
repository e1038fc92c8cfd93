using System.Runtime.InteropServices;
using Nuncio.IO.Events;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// The process's signals, handed to the main thread: SIGTERM and SIGINT end it, SIGUSR1 opens logs anew, SIGHUP loads the
/// configuration file again (Envoy ignores it). SIGPIPE is ignored by the runtime. One per process; disposing it gives the signals back.
/// </summary>
internal sealed class SignalHandlers : IDisposable
{
    private const PosixSignal User1 = (PosixSignal)10; // Raw number, the same on all architectures that .NET runs on under Linux.

    private readonly PosixSignalRegistration[] _registrations;

    internal SignalHandlers(NuncioServer server)
    {
        Dispatcher main = server.MainDispatcher;
        _registrations =
        [
            Handle(PosixSignal.SIGTERM, () => server.Lifecycle.PostShutdown("SIGTERM")),
            Handle(PosixSignal.SIGINT, () => server.Lifecycle.PostShutdown("SIGINT")),
            Handle(User1, () => main.Post(server.ReopenLogs)),
            Handle(PosixSignal.SIGHUP, () => main.Post(() => server.Reloader.Reload("SIGHUP"))),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private static PosixSignalRegistration Handle(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action();
    });
}
