namespace Nuncio.Core.AccessLog;

/// <summary>At which point of a stream's life a log entry is written (<c>%ACCESS_LOG_TYPE%</c>); numbers are the wire contract's.</summary>
public enum AccessLogType : byte
{
    /// <summary>Not set.</summary>
    NotSet = 0,

    /// <summary>TCP proxy: upstream connected.</summary>
    TcpUpstreamConnected = 1,

    /// <summary>TCP proxy: periodic.</summary>
    TcpPeriodic = 2,

    /// <summary>TCP proxy: end of the connection.</summary>
    TcpConnectionEnd = 3,

    /// <summary>HTTP: a request began.</summary>
    DownstreamStart = 4,

    /// <summary>HTTP: periodic.</summary>
    DownstreamPeriodic = 5,

    /// <summary>HTTP: end of the stream.</summary>
    DownstreamEnd = 6,

    /// <summary>HTTP upstream log: pool ready.</summary>
    UpstreamPoolReady = 7,

    /// <summary>HTTP upstream log: periodic.</summary>
    UpstreamPeriodic = 8,

    /// <summary>HTTP upstream log: end.</summary>
    UpstreamEnd = 9,

    /// <summary>HTTP: a tunnel was established.</summary>
    DownstreamTunnelSuccessfullyEstablished = 10,

    /// <summary>UDP: tunnel upstream connected.</summary>
    UdpTunnelUpstreamConnected = 11,

    /// <summary>UDP: periodic.</summary>
    UdpPeriodic = 12,

    /// <summary>UDP: session end.</summary>
    UdpSessionEnd = 13,

    /// <summary>TCP proxy: start of the connection.</summary>
    TcpConnectionStart = 14,
}
