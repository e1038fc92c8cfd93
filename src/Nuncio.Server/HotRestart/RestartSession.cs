using Nuncio.Base.Stats;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>
/// One connection to <see cref="ParentRole"/>: the successor's, or an operator's (<c>nuncio upgrade</c>). Requests that do not fit are refused
/// in words. Owner: main thread; ends when the other side does.
/// </summary>
internal sealed class RestartSession(ParentRole parent, RestartChannel channel) : IRestartPeer
{
    private bool _isChild;
    private StatsExporter? _exporter;

    /// <summary>The process at the other end, as it said.</summary>
    internal long Process { get; private set; }

    internal void Start()
    {
        if (!channel.Watch(parent.Main, this))
        {
            channel.Close();
            parent.OnClosed(this);
        }
    }

    internal void Close() => channel.Close();

    /// <inheritdoc/>
    public void OnMessage(ReadOnlySpan<byte> message, List<int> descriptors)
    {
        foreach (int fd in descriptors)
        {
            MessageSocket.Close(fd); // None is ever sent in this direction.
        }

        var reader = new MessageReader(message);
        switch (reader.Kind)
        {
            case RestartMessage.Hello when !_isChild:
                OnHello(ref reader);
                break;
            case RestartMessage.GetSockets when _isChild && !parent.HasHandedOver:
                SendSockets();
                break;
            case RestartMessage.GetStats when _isChild && channel.IsIdle:
                parent.SendStats(this, withStats: reader.Byte() != 0);
                break;
            case RestartMessage.Drain when _isChild && !parent.HasHandedOver:
                parent.HandOver(TimeSpan.FromMilliseconds(Math.Clamp(reader.Number(), 0, int.MaxValue)));
                channel.Writer.Begin(RestartMessage.Done);
                channel.Send();
                break;
            case RestartMessage.Terminate when _isChild && parent.HasHandedOver:
                parent.Terminate();
                break;
            case RestartMessage.GetStatus:
                SendStatus();
                break;
            case RestartMessage.Upgrade when !_isChild:
                OnUpgrade(ref reader);
                break;
            default:
                Refuse("it does not understand");
                break;
        }
    }

    /// <inheritdoc/>
    public void OnClosed()
    {
        parent.Upgrades.OnOperatorGone(this);
        parent.OnClosed(this);
    }

    /// <summary>Answers GetStats.</summary>
    internal void SendStats(StatsStore store, long connections, bool withStats)
    {
        _exporter ??= new StatsExporter(store);
        _exporter.Send(channel, connections, withStats);
    }

    /// <summary>Tells the operator a step.</summary>
    internal void Tell(string progress)
    {
        channel.Writer.Begin(RestartMessage.Progress).Text(progress);
        channel.Send();
    }

    /// <summary>Tells the operator the end; null is success.</summary>
    internal void TellEnd(string? failure)
    {
        if (failure is null)
        {
            channel.Writer.Begin(RestartMessage.Done);
            channel.Send();
        }
        else
        {
            Refuse(failure);
        }
    }

    private void OnHello(ref MessageReader reader)
    {
        long version = reader.Number();
        long epoch = reader.Number();
        Process = reader.Number();
        if (reader.IsWrong)
        {
            Refuse("it does not understand");
        }
        else if (parent.TryBecomeChild(this, version, epoch) is { } reason)
        {
            Refuse(reason);
        }
        else
        {
            _isChild = true;
            channel.Writer.Begin(RestartMessage.Welcome)
                .Number(Environment.ProcessId).Number(parent.Identity.Generation).Number(parent.Identity.FirstStartTicks);
            channel.Send();
        }
    }

    private void SendSockets()
    {
        List<(NetworkAddress Address, int Fd)> sockets = parent.CopySockets();
        for (int first = 0; first == 0 || first < sockets.Count; first += MessageSocket.MaxDescriptors)
        {
            List<(NetworkAddress Address, int Fd)> some = sockets.GetRange(first, Math.Min(MessageSocket.MaxDescriptors, sockets.Count - first));
            bool isLast = first + some.Count == sockets.Count;
            MessageWriter message = channel.Writer.Begin(RestartMessage.Sockets).Byte(isLast ? (byte)0 : (byte)1);
            foreach ((NetworkAddress address, int _) in some)
            {
                message.Text(SocketName.Of(address));
            }

            channel.Send([.. some.Select(static s => s.Fd)]);
        }
    }

    private void SendStatus()
    {
        string[] arguments = parent.Upgrades.Arguments;
        MessageWriter message = channel.Writer.Begin(RestartMessage.Status)
            .Number(Environment.ProcessId).Number(parent.Identity.Epoch).Number(parent.Identity.BaseId).Text(Environment.CurrentDirectory);
        foreach (string argument in arguments)
        {
            if (message.Room < (argument.Length * 3) + sizeof(long))
            {
                Refuse("its command line is too long to be told");
                return;
            }

            message.Text(argument);
        }

        channel.Send();
    }

    private void OnUpgrade(ref MessageReader reader)
    {
        long milliseconds = reader.Number();
        string executable = reader.Text();
        var arguments = new List<string>();
        while (reader.HasMore)
        {
            arguments.Add(reader.Text());
        }

        if (reader.IsWrong)
        {
            Refuse("it does not understand");
        }
        else if (parent.HasHandedOver)
        {
            Refuse("another process has taken over already");
        }
        else if (parent.Upgrades.TryStart(this, executable, arguments, TimeSpan.FromMilliseconds(Math.Clamp(milliseconds, 1, int.MaxValue))) is { } reason)
        {
            Refuse(reason);
        }
    }

    private void Refuse(string reason)
    {
        channel.Writer.Begin(RestartMessage.Refused).Text(reason);
        channel.Send();
    }
}
