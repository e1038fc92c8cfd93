using System.Collections.Concurrent;
using System.Net.Sockets;

namespace SteadyLoad;

/// <summary>What happened to the requests. Any thread.</summary>
internal sealed class Counts
{
    private const int MaxExamples = 20;

    private long _requests;
    private long _fresh;
    private long _toldToClose;
    private long _resets;
    private long _refused;
    private long _cutOff;
    private long _wrongStatus;
    private long _timeouts;
    private long _slowestTicks;

    public long Requests => _requests;

    public long Fresh => _fresh;

    public long ToldToClose => _toldToClose;

    public long Resets => _resets;

    public long Refused => _refused;

    public long CutOff => _cutOff;

    public long WrongStatus => _wrongStatus;

    public long Timeouts => _timeouts;

    public long Failed => _resets + _refused + _cutOff + _wrongStatus + _timeouts;

    public double SlowestMilliseconds => TimeSpan.FromTicks(_slowestTicks).TotalMilliseconds;

    public ConcurrentQueue<string> Examples { get; } = new();

    public void Answered(bool fresh, bool close, bool isOk, TimeSpan took)
    {
        Interlocked.Increment(ref _requests);
        Add(ref _fresh, fresh);
        Add(ref _toldToClose, close && !fresh);
        Add(ref _wrongStatus, !isOk);
        long slowest;
        while (took.Ticks > (slowest = Interlocked.Read(ref _slowestTicks)) &&
            Interlocked.CompareExchange(ref _slowestTicks, took.Ticks, slowest) != slowest)
        {
        }
    }

    public void Broke(Exception failure, string where)
    {
        Interlocked.Increment(ref _requests);
        switch (failure)
        {
            case OperationCanceledException:
                Interlocked.Increment(ref _timeouts);
                break;
            case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                Interlocked.Increment(ref _resets);
                break;
            case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                Interlocked.Increment(ref _refused);
                break;
            default:
                Interlocked.Increment(ref _cutOff);
                break;
        }

        if (Examples.Count < MaxExamples)
        {
            Examples.Enqueue($"{where}: {failure.GetType().Name}: {failure.Message}");
        }
    }

    private static void Add(ref long counter, bool condition)
    {
        if (condition)
        {
            Interlocked.Increment(ref counter);
        }
    }
}
