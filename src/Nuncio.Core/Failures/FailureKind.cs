namespace Nuncio.Core.Failures;

/// <summary>
/// What can go wrong with a stream or connection. Everything that follows from a kind is its row in <see cref="FailureTable"/>.
/// </summary>
public enum FailureKind : byte
{
    /// <summary>Nothing went wrong.</summary>
    None,

    /// <summary>No virtual host or no route matches the request.</summary>
    NoRoute,

    /// <summary>The route names a cluster that does not exist.</summary>
    NoCluster,

    /// <summary>The cluster has no host that may be used: it is empty, its name does not resolve, or all hosts are unhealthy.</summary>
    NoHealthyUpstream,

    /// <summary>The cluster is in maintenance mode, by a runtime key.</summary>
    MaintenanceMode,

    /// <summary>The request is of the share that the endpoints' configuration drops.</summary>
    DropOverload,

    /// <summary>The endpoints' configuration drops all requests.</summary>
    UnconditionalDropOverload,

    /// <summary>The overload manager sheds load before a request goes upstream.</summary>
    RouterOverload,

    /// <summary>We gave the upstream stream up before its response began.</summary>
    LocalReset,

    /// <summary>We refused the upstream stream before sending anything.</summary>
    LocalRefusedReset,

    /// <summary>The upstream reset the stream before its response began.</summary>
    UpstreamRemoteReset,

    /// <summary>The upstream refused the stream and did nothing with it.</summary>
    UpstreamRemoteRefusedReset,

    /// <summary>We could not make a connection to the upstream host: no local address, port or descriptor was left for it, or its address is not usable here.</summary>
    LocalConnectionFailure,

    /// <summary>The upstream host did not accept the connection: nothing listens there, or it is not reachable.</summary>
    RemoteConnectionFailure,

    /// <summary>The connection to the upstream host was not made within the connect timeout.</summary>
    ConnectionTimeout,

    /// <summary>The upstream closed the connection before its response began.</summary>
    UpstreamConnectionTermination,

    /// <summary>A circuit breaker of the cluster is open: too many connections, pending requests or requests.</summary>
    UpstreamOverflow,

    /// <summary>The upstream answered a CONNECT with an error.</summary>
    UpstreamConnectError,

    /// <summary>The upstream sent something that is no valid HTTP.</summary>
    UpstreamProtocolError,

    /// <summary>The overload manager ended the stream to save memory.</summary>
    OverloadManagerReset,

    /// <summary>The upstream closed its side of an HTTP/1 connection before the request had been sent completely.</summary>
    Http1PrematureUpstreamHalfClose,

    /// <summary>The upstream was gone while the request was still arriving, and another attempt was not possible.</summary>
    UpstreamClosedDuringDecoding,

    /// <summary>The upstream did not answer within the route's timeout.</summary>
    RouteTimeout,

    /// <summary>The upstream did not answer within the timeout of one attempt.</summary>
    PerTryTimeout,

    /// <summary>The upstream sent nothing for as long as the idle timeout of one attempt.</summary>
    PerTryIdleTimeout,

    /// <summary>The upstream stream lived for as long as it may.</summary>
    UpstreamMaxStreamDuration,

    /// <summary>The request has a header for the proxy itself with a value that means nothing.</summary>
    StrictHeaderCheck,

    /// <summary>The request body is too large to be kept for another attempt.</summary>
    RetryBufferOverflow,

    /// <summary>The request asked not to be forwarded.</summary>
    DoNotForward,

    /// <summary>The client sent data before its CONNECT was answered.</summary>
    EarlyConnectData,

    /// <summary>A filter removed a header that every request must have.</summary>
    MissingRequestHeader,

    /// <summary>A filter removed the status of the response.</summary>
    MissingResponseStatus,

    /// <summary>A filter added request data at a point where it may not.</summary>
    FilterAddedRequestData,

    /// <summary>A filter added response data at a point where it may not.</summary>
    FilterAddedResponseData,

    /// <summary>The upstream did not agree to the upgrade.</summary>
    WebSocketHandshake,

    /// <summary>The overload manager sheds load: requests are answered without looking at them.</summary>
    Overload,

    /// <summary>Nothing moved on the stream for as long as its idle timeout.</summary>
    StreamIdleTimeout,

    /// <summary>The request did not arrive completely within the request timeout.</summary>
    RequestTimeout,

    /// <summary>The headers of the request did not arrive within their timeout.</summary>
    RequestHeaderTimeout,

    /// <summary>The stream lived for as long as it may.</summary>
    MaxStreamDuration,

    /// <summary>The client speaks HTTP/1.0 or older, which is not accepted here.</summary>
    LowVersion,

    /// <summary>The request has no host.</summary>
    MissingHost,

    /// <summary>The host of the request is not a valid one.</summary>
    InvalidAuthority,

    /// <summary>The method of the request is not a valid one.</summary>
    InvalidMethod,

    /// <summary>The scheme of the request is not a valid one.</summary>
    InvalidScheme,

    /// <summary>The path of a CONNECT-UDP request is not a valid one.</summary>
    InvalidConnectUdpPath,

    /// <summary>The request has no path.</summary>
    MissingPath,

    /// <summary>The path of the request does not begin with a slash.</summary>
    AbsolutePath,

    /// <summary>The path of the request cannot be normalised, or holds something that is rejected.</summary>
    PathNormalization,

    /// <summary>The path had escaped slashes: the client is sent to the normalised one.</summary>
    PathRedirect,

    /// <summary>The client asked for an upgrade that is not allowed here.</summary>
    UpgradeNotAllowed,

    /// <summary>The original address of the client could not be told.</summary>
    AddressDetection,

    /// <summary>The request body is larger than what may be buffered for a filter.</summary>
    RequestTooLarge,

    /// <summary>The response body is larger than what may be buffered for a filter.</summary>
    ResponseTooLarge,

    /// <summary>The client sent something that is no valid HTTP.</summary>
    DownstreamProtocolError,

    /// <summary>The overload manager refused the request before it was decoded.</summary>
    CodecOverload,

    /// <summary>A filter of the proxy failed; this is a bug in it.</summary>
    FilterFailed,

    /// <summary>The configuration of a filter has not arrived.</summary>
    FilterConfigMissing,

    /// <summary>The client closed the connection before it had the whole response.</summary>
    DownstreamDisconnect,

    /// <summary>We closed the client's connection before it had the whole response.</summary>
    DownstreamLocalDisconnect,

    /// <summary>The client reset the stream.</summary>
    DownstreamReset,

    /// <summary>No filter chain of the listener matches the connection.</summary>
    NoFilterChain,

    /// <summary>The TCP proxy names a cluster that does not exist.</summary>
    TcpNoRoute,

    /// <summary>All attempts to connect to the upstream failed.</summary>
    TcpConnectAttemptsExceeded,

    /// <summary>Nothing moved on the connection for as long as its idle timeout.</summary>
    TcpIdleTimeout,

    /// <summary>The connection lived for as long as it may.</summary>
    ConnectionDurationReached,
}
