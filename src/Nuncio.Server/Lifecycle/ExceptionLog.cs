using Microsoft.Extensions.Logging;
using Nuncio.Base.Stats;
using Nuncio.IO.Events;

namespace Nuncio.Server.Lifecycle;

/// <summary>
/// Logs and counts (<c>server.contained_exceptions</c>, ours) what one dispatcher contained, so that no failure passes unseen. Owner:
/// that dispatcher's thread.
/// </summary>
internal sealed class ExceptionLog(ILogger log, Dispatcher dispatcher, StatScope root) : IExceptionSink
{
    // A client that found a way to make us throw must not fill the disk too.
    private const int MaxLogged = 1000;

    private readonly Counter _contained = root.SubScope("server").Counter("contained_exceptions");
    private int _logged;

    /// <inheritdoc/>
    public void OnContained(Exception exception, string where)
    {
        _contained.Inc();
        if (_logged < MaxLogged)
        {
            _logged++;
            log.ExceptionContained(exception, dispatcher.Name, where);
        }
    }
}
