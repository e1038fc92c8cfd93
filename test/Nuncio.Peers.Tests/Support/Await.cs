using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Nuncio.Peers.Tests.Support;

/// <summary>Waiting for another process, which cannot tell us when it is ready: asked again until it is, within bounds.</summary>
internal static class Await
{
    /// <summary>Asks until the answer is not null.</summary>
    internal static T Value<T>(string what, Func<T?> ask, Func<string>? whyNot = null)
        where T : class
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (ask() is { } value)
            {
                return value;
            }

            if (clock.Elapsed > ChildProcess.Patience)
            {
                Assert.Fail($"{what}: not within {ChildProcess.Patience.TotalSeconds} s. {whyNot?.Invoke()}");
            }

            TestContext.Current.CancellationToken.WaitHandle.WaitOne(5);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Asks until it is so.</summary>
    internal static void True(string what, Func<bool> ask, Func<string>? whyNot = null) => Value(what, () => ask() ? what : null, whyNot);

    /// <summary>Until something accepts connections there.</summary>
    internal static void Listening(EndPoint address, ChildProcess process) =>
        True(
            $"{address} accepts connections",
            () =>
            {
                Assert.False(process.HasExited, $"it ended: {process.Errors}");
                using Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    socket.Connect(address);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            () => process.Errors);
}
