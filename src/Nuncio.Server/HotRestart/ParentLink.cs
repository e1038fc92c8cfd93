using System.Globalization;
using Microsoft.Extensions.Logging;
using Nuncio.Base.Stats;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.IO.Timers;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// The new process's line to the old one. Envoy's page: "Hot restart".
/// </summary>
/// <remarks>
/// <para>Owner: main thread. Made before the configuration is built, closed with the process or when the parent is gone, whichever is first.</para>
/// <code>
///   connected --TryTakeSockets--> starting --OnLive: "drain"--> both serve --no connection left there, or parent-shutdown-time: "terminate"--> alone
/// </code>
/// <para>
/// Until "drain" the parent has given nothing up, so this process may die at any moment and nothing was lost; after it, the parent may.
/// </para>
/// </remarks>
internal sealed class ParentLink : IRestartPeer, ITimerHandler
{
    private const int PollTimer = 0;
    private const int EndTimer = 1;
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromSeconds(1);

    private readonly RestartChannel _channel;
    private readonly ILogger _log;
    private Gauge? _connections;
    private StatsImporter? _importer;
    private Timer? _poll;
    private Timer? _end;
    private bool _withStats;
    private bool _isTold;
    private bool _drains;

    private ParentLink(RestartChannel channel, ParentFacts parent, ILogger log)
    {
        _channel = channel;
        Parent = parent;
        _log = log;
    }

    /// <summary>What it said of itself.</summary>
    internal ParentFacts Parent { get; }

    /// <summary>Called once the parent has stepped back, or is gone.</summary>
    internal Action? SteppedBack { get; set; }

    /// <summary>Whether it is still there.</summary>
    internal bool IsOpen => _channel.IsOpen;

    /// <summary>Connects to the process of an epoch and greets it; null with the reason.</summary>
    internal static ParentLink? TryConnect(NetworkAddress name, uint epoch, ILogger log, out bool isAbsent, out string? error)
    {
        RestartChannel? channel = RestartChannel.Connect(name, out error);
        isAbsent = channel is null;
        if (channel is null)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"no process of epoch {epoch - 1} answers at '{name}': {error}");
            return null;
        }

        channel.Writer.Begin(RestartMessage.Hello).Number(RestartProtocol.Version).Number(epoch).Number(Environment.ProcessId);
        MessageReader answer = Ask(channel, []);
        switch (answer.Kind)
        {
            case RestartMessage.Welcome:
                var parent = new ParentFacts((int)answer.Number(), answer.Number(), answer.Number());
                return new ParentLink(channel, parent, log);
            case RestartMessage.Refused:
                error = $"the process at '{name}' refuses: {answer.Text()}";
                break;
            default:
                error = $"the process at '{name}' gives no answer";
                break;
        }

        channel.Close();
        return null;
    }

    /// <summary>Takes copies of all its listening sockets. False when it died meanwhile.</summary>
    internal bool TryTakeSockets(HandedSockets sockets)
    {
        _channel.Writer.Begin(RestartMessage.GetSockets);
        var descriptors = new List<int>();
        MessageReader answer = Ask(_channel, descriptors);
        while (answer.Kind == RestartMessage.Sockets)
        {
            bool isLast = answer.Byte() == 0;
            foreach (int fd in descriptors)
            {
                string text = answer.Text();
                if (SocketName.TryParse(text, out NetworkAddress? address))
                {
                    sockets.Add(address!, fd);
                }
                else
                {
                    MessageSocket.Close(fd);
                }
            }

            if (isLast)
            {
                return true;
            }

            descriptors.Clear();
            answer = new MessageReader(_channel.Receive(descriptors, RestartProtocol.Patience));
        }

        return false;
    }

    /// <summary>Start only: lets a moment pass.</summary>
    internal void Wait(TimeSpan moment) => _channel.Wait(moment);

    /// <summary>Hands the line to the main thread's dispatcher.</summary>
    internal void Watch(Dispatcher main, StatsStore stats, bool withStats)
    {
        _withStats = withStats;
        _importer = new StatsImporter(stats);
        _connections = stats.Root().Gauge("server.parent_connections");
        _poll = new Timer(main.Timers, this, PollTimer);
        _end = new Timer(main.Timers, this, EndTimer);
        if (!_channel.Watch(main, this))
        {
            _channel.Close();
        }

        var earlier = TimeSpan.FromTicks(Math.Max(main.Clock.UtcTicks - Parent.FirstStartTicks, 0));
        _importer.SetEarlierUptime(earlier);
    }

    /// <summary>This process accepts: the parent may stop, and ends after the time given at the latest.</summary>
    internal void OnLive(TimeSpan parentShutdownTime)
    {
        if (_channel.IsOpen)
        {
            _isTold = true;
            _log.TellingParentToDrain(Parent.Process);
            _channel.Writer.Begin(RestartMessage.Drain).Number((long)parentShutdownTime.TotalMilliseconds);
            _channel.Send();
            _poll!.Arm(s_pollInterval);
            _end!.Arm(parentShutdownTime);
        }
    }

    /// <summary>Tells the parent to end, if it is still there. Before this process accepts in its place the parent goes on instead.</summary>
    internal void Terminate()
    {
        if (_channel.IsOpen && _isTold)
        {
            _channel.Writer.Begin(RestartMessage.Terminate);
            _channel.Send();
            _log.TerminatingParent(Parent.Process);
            End();
        }
    }

    /// <summary>The process ends.</summary>
    internal void Close() => _channel.Close();

    /// <inheritdoc/>
    public void OnTimer(Timer timer)
    {
        if (timer == _end)
        {
            Terminate();
            return;
        }

        // One question at a time: the next poll waits for the answer to this one.
        _channel.Writer.Begin(RestartMessage.GetStats).Byte(_withStats ? (byte)1 : (byte)0);
        _channel.Send();
    }

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> message, List<int> descriptors)
    {
        foreach (int fd in descriptors)
        {
            MessageSocket.Close(fd); // Not asked for any more.
        }

        var reader = new MessageReader(message);
        switch (reader.Kind)
        {
            case RestartMessage.Done:
                _drains = true;
                TellSteppedBack();
                break;
            case RestartMessage.Stats when StatsExporter.Read(ref reader, _importer!, out long connections):
                _connections!.Set(connections);
                _importer!.SetConnections(connections);
                if (connections == 0 && _drains)
                {
                    Terminate();
                }
                else
                {
                    _poll!.Arm(s_pollInterval);
                }

                break;
            case RestartMessage.Refused:
                _log.ParentRefuses(reader.Text());
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void OnClosed()
    {
        _log.ParentGone(Parent.Process);
        End();
        TellSteppedBack();
    }

    private static MessageReader Ask(RestartChannel channel, List<int> descriptors) =>
        new(channel.TrySend(RestartProtocol.Patience) ? channel.Receive(descriptors, RestartProtocol.Patience) : default);

    private void TellSteppedBack()
    {
        if (_isTold)
        {
            SteppedBack?.Invoke();
            SteppedBack = null;
        }
    }

    private void End()
    {
        _poll?.Disarm();
        _end?.Disarm();
        _connections?.Set(0);
        _importer?.End();
        _importer = null;
        _channel.Close();
    }
}
