namespace Nuncio.Http.Http1;

/// <summary>What becomes of a header whose name contains an underscore (Envoy: <c>headers_with_underscores_action</c>).</summary>
public enum UnderscoreAction : byte
{
    /// <summary>It is a header like others.</summary>
    Allow,

    /// <summary>The request is answered 400.</summary>
    RejectRequest,

    /// <summary>The header is dropped.</summary>
    DropHeader,
}
