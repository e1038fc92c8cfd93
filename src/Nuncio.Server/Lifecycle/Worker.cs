using Nuncio.Core.Extensibility;

namespace Nuncio.Server.Lifecycle;

/// <summary>A worker's thread and what lives on it. Made, started and ended by the main thread.</summary>
internal sealed class Worker
{
    private readonly Thread _thread;

    internal Worker(WorkerContext context)
    {
        Context = context;
        _thread = new Thread(context.Dispatcher.Run) { Name = context.Dispatcher.Name, IsBackground = true };
    }

    internal WorkerContext Context { get; }

    internal void Start() => _thread.Start();

    /// <summary>Ends the loop after the work that was posted before.</summary>
    internal void Stop() => Context.Dispatcher.Post(Context.Dispatcher.Stop);

    /// <summary>Waits for the thread; false when it did not end in time.</summary>
    internal bool Join(TimeSpan patience) => !_thread.IsAlive || _thread.Join(patience);
}
