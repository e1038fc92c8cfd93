using System.Text;
using Nuncio.IO.Network;

namespace Nuncio.IO.Tests.Network;

/// <summary>A read filter and callbacks in one that write down what they hear; what they do in reply is the test's.</summary>
internal sealed class Recorder : IReadFilter, IConnectionCallbacks
{
    private readonly StringBuilder _received = new();

    internal List<string> Events { get; } = [];

    internal string Received => _received.ToString();

    internal int DataCalls { get; private set; }

    internal bool SawEnd { get; private set; }

    internal bool TakesData { get; set; } = true;

    internal FilterStatus NewConnectionStatus { get; set; } = FilterStatus.Continue;

    internal FilterStatus DataStatus { get; set; } = FilterStatus.StopIteration;

    internal Action<Buffer, bool>? OnDataAction { get; set; }

    internal Action<ConnectionEvent>? OnEventAction { get; set; }

    internal Action? OnAbove { get; set; }

    internal Connection Connection { get; private set; } = null!;

    public void OnInitialize(Connection connection) => Connection = connection;

    public FilterStatus OnNewConnection()
    {
        Events.Add("new");
        return NewConnectionStatus;
    }

    public FilterStatus OnData(Buffer data, bool endStream)
    {
        DataCalls++;
        SawEnd |= endStream;
        if (TakesData)
        {
            _received.Append(Encoding.Latin1.GetString(data.ToArray()));
        }

        OnDataAction?.Invoke(data, endStream);
        if (TakesData)
        {
            data.Clear();
        }

        return DataStatus;
    }

    public void OnConnectionEvent(ConnectionEvent connectionEvent)
    {
        Events.Add(connectionEvent.ToString());
        OnEventAction?.Invoke(connectionEvent);
    }

    public void OnAboveWriteBufferHighWatermark()
    {
        Events.Add("above");
        OnAbove?.Invoke();
    }

    public void OnBelowWriteBufferLowWatermark() => Events.Add("below");
}
