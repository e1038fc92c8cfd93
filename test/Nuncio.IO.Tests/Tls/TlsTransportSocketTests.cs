using System.Text;
using Nuncio.IO.Network;
using Nuncio.IO.Tls;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Tls;

public sealed class TlsTransportSocketTests
{
    [Theory]
    [InlineData(TlsVersion.Tls12, "TLSv1.2")]
    [InlineData(TlsVersion.Tls13, "TLSv1.3")]
    public void BothEndsTls_BytesGoBothWays(TlsVersion version, string name)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { MaximumVersion = version }));
        pair.Connect();
        Assert.Equal(["Connected"], pair.ClientSide.Events);
        Assert.Contains("Connected", pair.ServerSide.Events);
        Assert.Equal("hello", pair.RoundTrip("hello"));
        Assert.Equal(name, pair.ServerTls.Negotiated!.VersionName);
        Assert.Equal(name, pair.ClientTls.Negotiated!.VersionName);
        Assert.Equal("www.example.com", pair.ServerTls.Negotiated.ServerName);
        Assert.NotEmpty(pair.ServerTls.Negotiated.Cipher);
        Assert.Equal(pair.ClientTls.Negotiated.Cipher, pair.ServerTls.Negotiated.Cipher);
        Assert.True(pair.ClientTls.Negotiated.IsPeerVerified);
        Assert.False(pair.ServerTls.Negotiated.IsPeerVerified);
    }

    [Fact]
    public void WrittenBeforeTheHandshake_ArrivesAfterIt()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        pair.StartConnect();
        pair.Send(pair.ClientConnection, "early");
        pair.Loop.RunUntilIdle();
        Assert.Equal("early", pair.ClientSide.Received);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(16384)]
    [InlineData(16385)]
    [InlineData(1_000_000)]
    public void AnyAmount_ComesBackWhole(int length)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        pair.Connect();
        string text = Text(length);
        Assert.Equal(text, pair.RoundTrip(text));
    }

    /// <summary>The system takes and gives as little as it likes, in the handshake and after it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void PartialReadsAndWrites_ComeBackWhole(int most)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { AlpnProtocols = ["h2", "http/1.1"] }));
        pair.Loop.Network.MaxBytesPerCall = most;
        pair.Connect();
        string text = Text(40_000);
        Assert.Equal(text, pair.RoundTrip(text));
    }

    [Fact]
    public void SmallPieces_LeaveInOneRecordAndOneCall()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        Buffer data = new(pair.Loop.Dispatcher.Blocks);
        for (int i = 0; i < 10; i++)
        {
            Buffer piece = new(pair.Loop.Dispatcher.Blocks);
            piece.Append(Encoding.ASCII.GetBytes(new string((char)('a' + i), 600)));
            piece.MoveTo(data);
        }

        int before = pair.Loop.Network.SendCalls;
        int received = pair.Loop.Network.ReceiveCalls;
        pair.ClientConnection.Write(data, endStream: false);
        pair.Loop.RunUntilIdle();
        Assert.Equal(6000, pair.ServerSide.Received.Length);
        Assert.Equal(1, pair.ServerSide.DataCalls);
        Assert.Equal(1, pair.Loop.Network.SendCalls - before);
        Assert.Equal(1, pair.Loop.Network.ReceiveCalls - received);
    }

    [Fact]
    public void LargeWrite_SeveralRecordsPerCall()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        int before = pair.Loop.Network.SendCalls;
        pair.Send(pair.ClientConnection, Text(256 * 1024));
        pair.Loop.RunUntilIdle();
        Assert.Equal(256 * 1024, pair.ServerSide.Received.Length);
        Assert.InRange(pair.Loop.Network.SendCalls - before, 1, 5);
    }

    [Fact]
    public void PeerTakesNothing_WhatIsEncryptedIsBoundedAndLeavesLater()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        pair.ServerConnection.ReadDisable(true);
        string text = Text(3_000_000);
        pair.Send(pair.ClientConnection, text);
        pair.Loop.RunUntilIdle();
        pair.ServerConnection.ReadDisable(false);
        pair.Loop.RunUntilIdle();
        Assert.Equal(text, pair.ServerSide.Received);
        Assert.Equal(0, pair.ClientConnection.WriteBufferLength);
    }

    [Fact]
    public void CloseWithFlush_EverythingArrivesThenTheEnd()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Loop.Network.MaxBytesPerCall = 500;
        pair.Connect();
        string text = Text(100_000);
        pair.Send(pair.ClientConnection, text);
        pair.ClientConnection.Close(ConnectionCloseType.FlushWrite, "test");
        pair.Loop.RunUntilIdle();
        Assert.Equal(text, pair.ServerSide.Received);
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
        Assert.Equal("LocalClose", pair.ClientSide.Events[^1]);
        Assert.False(pair.ServerTls.WasTruncated);
        Assert.Null(pair.ServerTls.FailureReason);
    }

    [Fact]
    public void HalfClose_TheOtherDirectionGoesOn()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        pair.ClientConnection.HalfCloseEnabled = true;
        pair.ServerConnection.HalfCloseEnabled = true;
        pair.Send(pair.ClientConnection, "question", endStream: true);
        pair.Loop.RunUntilIdle();
        Assert.True(pair.ServerSide.SawEnd);
        pair.Send(pair.ServerConnection, "answer", endStream: true);
        pair.Loop.RunUntilIdle();
        Assert.Equal("answer", pair.ClientSide.Received);
        Assert.True(pair.ClientSide.SawEnd);
        Assert.Equal(ConnectionState.Closed, pair.ClientConnection.State);
        Assert.Equal(ConnectionState.Closed, pair.ServerConnection.State);
    }

    [Fact]
    public void PeerEndsWithoutCloseNotify_IsAnEndAndIsSaid()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        pair.Loop.Network.Sockets.ShutdownWrite(pair.ClientConnection.FileDescriptor);
        pair.Loop.RunUntilIdle();
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
        Assert.True(pair.ServerTls.WasTruncated);
        Assert.Null(pair.ServerTls.FailureReason);
    }

    [Fact]
    public void HttpOnATlsPort_FailsWithTheReason()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        SimulatedPeer peer = pair.ConnectPlain();
        peer.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        pair.Loop.RunUntilIdle();
        Assert.Equal("TLS_error:|167772316:SSL routines:OPENSSL_internal:HTTP_REQUEST:TLS_error_end", pair.ServerConnection.TransportFailureReason);
        Assert.Equal(TlsFailureKind.Protocol, pair.ServerTls.FailureKind);
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
        Assert.DoesNotContain("Connected", pair.ServerSide.Events);
    }

    [Fact]
    public void Garbage_FailsWithAReasonAndAnAlert()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        SimulatedPeer peer = pair.ConnectPlain();
        peer.Write([0x16, 0x03, 0x01, 0xFF, 0xFF, .. new byte[300]]);
        pair.Loop.RunUntilIdle();
        Assert.StartsWith("TLS_error:|", pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.EndsWith(":TLS_error_end", pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.True(peer.IsClosed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(200)]
    public void PeerVanishesInTheHandshake_FailsWithTheReason(int after)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        byte[] hello = ClientHello(pair);
        SimulatedPeer peer = pair.ConnectPlain();
        peer.Write(hello.AsSpan(0, after));
        pair.Loop.RunUntilIdle();
        peer.Close();
        pair.Loop.RunUntilIdle();
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
        Assert.Equal(
            "TLS_error:|167772454:SSL routines:OPENSSL_internal:UNEXPECTED_EOF_WHILE_READING:TLS_error_end", pair.ServerConnection.TransportFailureReason);
        Assert.Equal(TlsFailureKind.Socket, pair.ServerTls.FailureKind);
    }

    [Fact]
    public void HandshakeCutAnywhere_GoesOn()
    {
        using TlsPair first = new(TlsPair.Tls(TlsPair.Server));
        byte[] hello = ClientHello(first);
        for (int cut = 1; cut < hello.Length; cut++)
        {
            using TlsPair pair = new(first.ServerContext);
            SimulatedPeer peer = pair.ConnectPlain();
            peer.Write(hello.AsSpan(0, cut));
            pair.Loop.RunUntilIdle();
            Assert.Equal(0, peer.Available);
            peer.Write(hello.AsSpan(cut));
            pair.Loop.RunUntilIdle();
            Assert.True(peer.Available > 500, $"no answer when cut at {cut}");
            Assert.Null(pair.ServerConnection.TransportFailureReason);
        }
    }

    /// <summary>A byte of the hello changed: an answer, an alert or waiting for more, but never an exception.</summary>
    [Fact]
    public void HandshakeDamagedAnywhere_IsContained()
    {
        using TlsPair first = new(TlsPair.Tls(TlsPair.Server));
        byte[] hello = ClientHello(first);
        int failed = 0;
        for (int at = 0; at < hello.Length; at++)
        {
            using TlsPair pair = new(first.ServerContext);
            SimulatedPeer peer = pair.ConnectPlain();
            byte[] damaged = [.. hello];
            damaged[at] ^= 0xFF;
            peer.Write(damaged);
            pair.Loop.RunUntilIdle();
            failed += pair.ServerConnection.State == ConnectionState.Closed ? 1 : 0;
        }

        Assert.InRange(failed, 20, hello.Length - 1);
    }

    [Fact]
    public void BytesReadBeforeTheConnection_AreTheHandshakesFirst()
    {
        using TlsPair first = new(TlsPair.Tls(TlsPair.Server));
        byte[] hello = ClientHello(first);
        TlsTransportSocket socket = new(first.ServerContext);
        using SimulatedLoop loop = new();
        Assert.Equal(0, loop.Network.Sockets.SocketPair(out int one, out int other));
        Connection connection = new(loop.Dispatcher, one, socket, null, SimulatedNetwork.Parse("127.0.0.1:1"));
        Network.Recorder recorder = new();
        connection.AddReadFilter(recorder);
        connection.AddCallbacks(recorder);
        Buffer preread = new(loop.Dispatcher.Blocks);
        preread.Append(hello);
        connection.Initialize(preread, loop.Dispatcher.Register(one, connection), mayHaveMore: false);
        loop.RunUntilIdle();
        byte[] answer = new byte[4096];
        Assert.True(loop.Network.Sockets.Receive(other, answer) > 500);
        Assert.Equal(0x16, answer[0]);
        connection.Close(ConnectionCloseType.Abort, "test");
    }

    [Fact]
    public void DamagedRecordAfterTheHandshake_FailsWithAReason()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        pair.Loop.Network.Sockets.Send(pair.ClientConnection.FileDescriptor, [0x17, 3, 3, 0, 20, .. new byte[20]]);
        pair.Loop.RunUntilIdle();
        Assert.Contains("DECRYPTION_FAILED_OR_BAD_RECORD_MAC", pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
    }

    [Fact]
    public void PeerResets_FailsWithTheSystemsReason()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        SimulatedPeer peer = pair.ConnectPlain();
        peer.Write([0x16, 0x03, 0x01]);
        pair.Loop.RunUntilIdle();
        peer.Reset();
        pair.Loop.RunUntilIdle();
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
        Assert.Equal("TLS_error:|16777320:system library:OPENSSL_internal:Connection reset by peer:TLS_error_end", pair.ServerConnection.TransportFailureReason);
        Assert.Equal(TlsFailureKind.Socket, pair.ServerTls.FailureKind);
    }

    [Fact]
    public void PeerGoneWhileWeWrite_WhatItSentBeforeIsRead()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server)) { Echoes = false };
        pair.Connect();
        pair.ClientConnection.ReadDisable(true);
        pair.Send(pair.ServerConnection, "early answer");
        pair.Loop.RunUntilIdle();
        pair.ClientConnection.ReadDisable(false);
        pair.ServerConnection.Close(ConnectionCloseType.Abort, "test");
        pair.Send(pair.ClientConnection, TlsTransportSocketTests.Text(100_000));
        pair.Loop.RunUntilIdle();
        Assert.Equal("early answer", pair.ClientSide.Received);
        Assert.Equal("RemoteClose", pair.ClientSide.Events[^1]);
    }

    [Fact]
    public void ClosedInTheConnectedEvent_NothingMoreHappens()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        pair.StartConnect();
        pair.ClientSide.OnEventAction = e =>
        {
            if (e == ConnectionEvent.Connected)
            {
                pair.ClientConnection.Close(ConnectionCloseType.NoFlush, "test");
            }
        };
        pair.Loop.RunUntilIdle();
        Assert.Equal(["Connected", "LocalClose"], pair.ClientSide.Events);
        Assert.Equal("RemoteClose", pair.ServerSide.Events[^1]);
    }

    [Fact]
    public void IdleConnection_HoldsNoBlock()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        pair.Connect();
        pair.RoundTrip(Text(50_000));
        Assert.Equal(0, pair.Loop.Dispatcher.Blocks.Rented);
    }

    internal static string Text(int length) => string.Create(length, 0, static (into, _) =>
    {
        for (int i = 0; i < into.Length; i++)
        {
            into[i] = (char)('a' + (i * 31 / 7 % 26));
        }
    });

    /// <summary>The first bytes of a client of ours.</summary>
    private static byte[] ClientHello(TlsPair pair)
    {
        SimulatedServer server = pair.Loop.Network.Listen("10.0.0.9:443");
        Connection client = Connection.Connect(
            pair.Loop.Dispatcher, SimulatedNetwork.Parse("10.0.0.9:443"), new TlsTransportSocket(pair.ClientContext, "www.example.com", null), ConnectOptions.Default);
        client.AddCallbacks(new Network.Recorder());
        pair.Loop.RunUntilIdle();
        byte[] hello = server.Accept().ReadAll();
        client.Close(ConnectionCloseType.Abort, "test");
        Assert.InRange(hello.Length, 201, 1000);
        return hello;
    }
}
