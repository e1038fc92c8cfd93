using Nuncio.Base.Random;
using Nuncio.Base.Time;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;

namespace Nuncio.IO.Tests.Events;

/// <summary>Posting across real threads into a real, sleeping epoll loop.</summary>
public sealed class PostQueueTests
{
    [Fact]
    public void ManyThreadsPost_EveryPieceRunsOnceInEachThreadsOrder()
    {
        const int Threads = 4;
        const int PerThread = 20_000;
        using EpollPoller poller = new();
        Dispatcher dispatcher = new("test", 0, poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        int[] next = new int[Threads];
        int done = 0;
        bool inOrder = true;
        Thread loop = new(dispatcher.Run);
        loop.Start();
        Thread[] posters = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int thread = t;
            posters[t] = new Thread(() =>
            {
                for (int i = 0; i < PerThread; i++)
                {
                    int number = i;
                    dispatcher.Post(() =>
                    {
                        inOrder &= next[thread] == number;
                        next[thread] = number + 1;
                        if (++done == Threads * PerThread)
                        {
                            dispatcher.Stop();
                        }
                    });
                }
            });
            posters[t].Start();
        }

        Assert.True(loop.Join(TimeSpan.FromSeconds(60)), "a wake-up was lost");
        Assert.True(inOrder);
        Assert.Equal(Threads * PerThread, done);
    }

    [Fact]
    public void PostToASleepingLoop_WakesItEveryTime()
    {
        using EpollPoller poller = new();
        Dispatcher dispatcher = new("test", 0, poller, LinuxSockets.Instance, SystemClock.Instance, new RandomSource(1));
        Thread loop = new(dispatcher.Run);
        loop.Start();
        using SemaphoreSlim ran = new(0);
        for (int i = 0; i < 2000; i++)
        {
            dispatcher.Post(() => ran.Release());
            Assert.True(ran.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), $"post {i} did not wake the loop");
        }

        dispatcher.Stop();
        Assert.True(loop.Join(TimeSpan.FromSeconds(30)));
    }
}
