namespace Nuncio.IO.Sockets;

/// <summary>The option levels and names used here; Linux values, the same on x86-64 and arm64.</summary>
public static class SocketOptions
{
    public const int LevelSocket = 1;
    public const int LevelIp = 0;
    public const int LevelTcp = 6;
    public const int LevelIpv6 = 41;

    public const int ReuseAddress = 2;
    public const int SocketType = 3;
    public const int Error = 4;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int KeepAlive = 9;
    public const int Linger = 13;
    public const int ReusePort = 15;
    public const int Mark = 36;

    /// <summary>Counts of a socket; the ninth is datagrams dropped for want of room.</summary>
    public const int MemoryInfo = 55;

    /// <summary>Tells with each datagram how many were dropped before it for want of room.</summary>
    public const int ReceiveQueueOverflow = 40;

    /// <summary>Value of <see cref="SocketType"/>: SOCK_DGRAM.</summary>
    public const int TypeDatagram = 2;

    public const int TcpNoDelay = 1;
    public const int TcpKeepIdle = 4;
    public const int TcpKeepInterval = 5;
    public const int TcpKeepCount = 6;
    public const int TcpInfo = 11;
    public const int TcpFastOpen = 23;

    public const int IpPacketInfo = 8;
    public const int IpFreebind = 15;
    public const int IpTransparent = 19;
    public const int IpBindAddressNoPort = 24;

    public const int Ipv6Only = 26;
    public const int Ipv6ReceivePacketInfo = 49;
    public const int Ipv6PacketInfo = 50;
    public const int Ipv6Transparent = 75;
    public const int Ipv6Freebind = 78;

    /// <summary>Netfilter's, of both IP levels: where a redirected connection was going.</summary>
    public const int OriginalDestination = 80;
}
