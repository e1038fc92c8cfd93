namespace Nuncio.Core.AccessLog;

/// <summary>Names of <see cref="AccessLogType"/> as <c>%ACCESS_LOG_TYPE%</c> prints them.</summary>
internal static class AccessLogTypeText
{
    internal static ReadOnlySpan<byte> Utf8(AccessLogType type) => type switch
    {
        AccessLogType.TcpUpstreamConnected => "TcpUpstreamConnected"u8,
        AccessLogType.TcpPeriodic => "TcpPeriodic"u8,
        AccessLogType.TcpConnectionEnd => "TcpConnectionEnd"u8,
        AccessLogType.DownstreamStart => "DownstreamStart"u8,
        AccessLogType.DownstreamPeriodic => "DownstreamPeriodic"u8,
        AccessLogType.DownstreamEnd => "DownstreamEnd"u8,
        AccessLogType.UpstreamPoolReady => "UpstreamPoolReady"u8,
        AccessLogType.UpstreamPeriodic => "UpstreamPeriodic"u8,
        AccessLogType.UpstreamEnd => "UpstreamEnd"u8,
        AccessLogType.DownstreamTunnelSuccessfullyEstablished => "DownstreamTunnelSuccessfullyEstablished"u8,
        AccessLogType.UdpTunnelUpstreamConnected => "UdpTunnelUpstreamConnected"u8,
        AccessLogType.UdpPeriodic => "UdpPeriodic"u8,
        AccessLogType.UdpSessionEnd => "UdpSessionEnd"u8,
        AccessLogType.TcpConnectionStart => "TcpConnectionStart"u8,
        _ => "NotSet"u8,
    };
}
