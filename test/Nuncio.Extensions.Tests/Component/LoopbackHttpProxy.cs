using System.Diagnostics.CodeAnalysis;
using System.Text;
using Nuncio.Base.Random;
using Nuncio.Base.Stats;
using Nuncio.Base.Time;
using Nuncio.Config.Clusters;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Config.Listeners;
using Nuncio.Config.Loading;
using Nuncio.Core.AccessLog;
using Nuncio.Core.AccessLog.Files;
using Nuncio.Core.Clusters;
using Nuncio.Core.Dns;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Listeners;
using Nuncio.Core.Runtime;
using Nuncio.IO.Events;
using Nuncio.IO.Sockets;
using Nuncio.Testing.Time;
using Bootstrap = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>The proxy on loopback with the default access log, and a client and an upstream of blocking-free system calls.</summary>
internal sealed class LoopbackHttpProxy : IDisposable
{
    private static readonly byte[] s_response = "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();
    private readonly SocketApi _sockets = LinuxSockets.Instance;

    // The test's own time: a hiccup of the machine would make a histogram see a decade of milliseconds for the first time.
    private readonly ManualClock _clock = new();
    private readonly Dispatcher _main;
    private readonly Dispatcher _worker;
    private readonly CountingLogFile _log = new();
    private readonly AccessLogFlusher _flusher;
    private readonly int _listener;
    private readonly int _client;
    private int _upstream = -1;

    internal LoopbackHttpProxy(string hcm, string? routes = null)
    {
        NetworkAddress.TryParseIp("127.0.0.1", 0, out NetworkAddress? any);
        _listener = _sockets.Socket(AddressKind.IPv4);
        Assert.Equal(0, _sockets.Bind(_listener, any!));
        Assert.Equal(0, _sockets.Listen(_listener, 16));
        string yaml = ProxyFixture.HttpYaml(hcm + "\n" + """
            access_log:
            - name: file
              typed_config: { "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: /log }
            """, routes)
            .Replace("address: 10.0.0.1, port_value: 10000", "address: 127.0.0.1, port_value: 0", StringComparison.Ordinal)
            .Replace(
                "address: 10.0.0.2, port_value: 8080",
                $"address: 127.0.0.1, port_value: {_sockets.GetLocalAddress(_listener)!.Port}",
                StringComparison.Ordinal);
        Stats = new StatsStore(2);
        _main = new Dispatcher("main", 0, new EpollPoller(), _sockets, _clock, new RandomSource(1));
        _worker = new Dispatcher("worker_0", 1, new EpollPoller(), _sockets, _clock, new RandomSource(2));
        _flusher = new AccessLogFlusher(new AccessLogOptions(), _log, SystemClock.Instance, Stats);
        _flusher.Start();
        NetworkAddress bound = Start(yaml);
        _client = _sockets.Socket(AddressKind.IPv4);
        _sockets.Connect(_client, bound);
    }

    internal StatsStore Stats { get; }

    public void Dispose()
    {
        _sockets.Close(_client);
        _sockets.Close(_listener);
        if (_upstream >= 0)
        {
            _sockets.Close(_upstream);
        }

        _flusher.Dispose();
    }

    /// <summary>Entries logged by now.</summary>
    internal int EndLog()
    {
        _flusher.Stop(TimeSpan.FromSeconds(10));
        return _log.Lines;
    }

    internal int Client => _client;

    internal SocketApi Sockets => _sockets;

    internal ManualClock Clock => _clock;

    /// <summary>What was logged, without the time in front.</summary>
    internal string Text => _log.Text;

    /// <summary>The upstream's end of the connection the proxy makes next.</summary>
    internal int AcceptUpstream()
    {
        for (int turn = 0; turn < 10_000; turn++)
        {
            Turn();
            int fd = _sockets.Accept(_listener, out _);
            if (fd >= 0)
            {
                return fd;
            }
        }

        throw new InvalidOperationException("the proxy does not connect");
    }

    /// <summary>One turn of the proxy's loop.</summary>
    internal void Turn() => _worker.RunOnce(1_000_000);

    internal void Exchange(byte[] request, int count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (int i = 0; i < count; i++)
        {
            _clock.AdvanceNanos(300_000);
            Send(_client, request);
            Receive(ref _upstream, buffer, isUpstream: true);
            Send(_upstream, s_response);
            int client = _client;
            Receive(ref client, buffer, isUpstream: false);
        }
    }

    /// <summary>Exchanges that the proxy answers itself; <paramref name="end"/> is how each answer ends.</summary>
    internal void ExchangeLocal(byte[] request, byte[] end, int count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (int i = 0; i < count; i++)
        {
            _clock.AdvanceNanos(300_000);
            Send(_client, request);
            int got = 0;
            while (!buffer[..got].EndsWith(end))
            {
                Turn();
                int read = _sockets.Receive(_client, buffer[got..]);
                got += Math.Max(read, 0);
            }
        }
    }

    private void Send(int fd, byte[] message)
    {
        // An assertion of the test framework allocates even when it holds.
        if (_sockets.Send(fd, message) != message.Length)
        {
            throw new InvalidOperationException("the message was not sent whole");
        }
    }

    /// <summary>Runs the proxy until a whole message has arrived; each is small enough to come in one or two pieces.</summary>
    private void Receive(ref int fd, Span<byte> buffer, bool isUpstream)
    {
        int got = 0;
        for (int turn = 0; turn < 10_000; turn++)
        {
            _worker.RunOnce(got == 0 ? 1_000_000 : 0);
            if (fd < 0)
            {
                fd = _sockets.Accept(_listener, out _);
                if (fd < 0)
                {
                    fd = -1;
                    continue;
                }
            }

            int count = _sockets.Receive(fd, buffer[got..]);
            got += Math.Max(0, count);
            if (got > 0 && IsWhole(buffer[..got], isUpstream))
            {
                return;
            }
        }

        Assert.Fail("the message did not come: " + Encoding.ASCII.GetString(buffer[..got]));
    }

    private static bool IsWhole(ReadOnlySpan<byte> message, bool isUpstream) =>
        message.EndsWith("hello"u8) || message.EndsWith("\r\n0\r\n\r\n"u8) || (isUpstream && message[0] == 'G' && message.EndsWith("\r\n\r\n"u8));

    private NetworkAddress Start(string yaml)
    {
        var errors = new ConfigErrors();
        LoadedMessage<Bootstrap> loaded = ConfigText.Load<Bootstrap>(yaml, errors)!;
        ConfigScope scope = loaded.Root(errors).Field("static_resources");
        var catalog = new ExtensionCatalog();
        BuiltInExtensions.AddTo(catalog);
        var worker = new WorkerContext(_worker, Stats);
        var clusters = new ClusterManager(_main, Stats.Root(), [worker], new NoDns());
        foreach (ClusterConfig cluster in ClusterConverter.ConvertAll(loaded.Message.StaticResources.Clusters, scope.Field("clusters")))
        {
            clusters.AddOrUpdate(cluster);
        }

        var context = new FactoryContext
        {
            Extensions = catalog,
            Stats = Stats,
            MainDispatcher = _main,
            AccessLogs = _flusher,
            Runtime = new LayeredRuntime(),
        };
        var listeners = new ListenerManager(_main, [worker], Stats.Root(), context.Runtime);
        ListenerConfig config = ListenerConverter.Convert(
            loaded.Message.StaticResources.Listeners[0], context, scope.Field("listeners").Item(0))!;
        Assert.Empty(errors.Items);
        Assert.Null(listeners.AddOrUpdate(config));
        listeners.Start();
        for (int i = 0; i < 10; i++)
        {
            _main.RunOnce(0);
            _worker.RunOnce(0);
        }

        return listeners.Listeners[0].Bound[0];
    }

    private sealed class NoDns : DnsResolver
    {
        public override DnsQuery Resolve(string name, DnsLookupFamily family, IDnsCallbacks callbacks) =>
            throw new InvalidOperationException("these tests have no names to resolve");
    }

    private sealed class CountingLogFile : ILogFileSystem, ILogFile
    {
        internal int Lines { get; private set; }

        internal string Text { get; private set; } = "";

        public bool TryOpen(string path, [NotNullWhen(true)] out ILogFile? file, [NotNullWhen(false)] out string? error)
        {
            error = null;
            file = this;
            return true;
        }

        public bool Write(ReadOnlySpan<byte> bytes)
        {
            Lines += bytes.Count((byte)'\n');
            if (Lines < 100)
            {
                Text += Encoding.Latin1.GetString(bytes);
            }

            return true;
        }

        public void Dispose()
        {
        }
    }
}
