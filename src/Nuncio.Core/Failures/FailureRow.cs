using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Core.Failures;

/// <summary>Everything that follows from a kind of failure. Immutable; any thread; made once, by <see cref="FailureTable"/>.</summary>
public sealed class FailureRow
{
    private readonly byte[] _body;

    internal FailureRow(FailureKind kind, FailureSide side, int status, ResponseFlags flags, string details, string body, string explanation)
    {
        Kind = kind;
        Side = side;
        Status = status;
        Flags = flags;
        Details = details;
        Body = body;
        Explanation = explanation;
        StatusWhenRequestComplete = status;
        _body = Encoding.UTF8.GetBytes(body);
    }

    /// <summary>The kind.</summary>
    public FailureKind Kind { get; }

    /// <summary>Whose doing it is.</summary>
    public FailureSide Side { get; }

    /// <summary>Status of the local reply; 0 when nobody is there to be answered.</summary>
    public int Status { get; }

    /// <summary>Status when the request had arrived completely; the same as <see cref="Status"/> for most.</summary>
    public int StatusWhenRequestComplete { get; internal init; }

    /// <summary>Response flags; none for many.</summary>
    public ResponseFlags Flags { get; }

    /// <summary>Response code details; for resets the part before the brace.</summary>
    public string Details { get; }

    /// <summary>Body of the local reply, byte for byte Envoy's; for resets the part before "reset reason".</summary>
    public string Body { get; }

    /// <summary><see cref="Body"/> as it is sent.</summary>
    public ReadOnlySpan<byte> BodyUtf8 => _body;

    /// <summary>Name of the counter in <see cref="CounterScope"/>; empty when it has none.</summary>
    public string Counter { get; internal init; } = "";

    /// <summary>Where <see cref="Counter"/> is.</summary>
    public CounterScope CounterScope { get; internal init; }

    /// <summary>Whether another attempt may help.</summary>
    public RetryClass Retry { get; internal init; }

    /// <summary>Reset reason as in bodies ("connection termination"); empty for kinds that are no resets.</summary>
    public string ResetWords { get; internal init; } = "";

    /// <summary>Header that marks the local reply with <c>true</c>, unless the headers of the proxy are suppressed; None for most.</summary>
    public KnownHeader Mark { get; internal init; }

    /// <summary>Whether <see cref="ProxyFailure.Detail"/> follows the details in braces.</summary>
    public bool DetailsNameDetail { get; internal init; }

    /// <summary>Whether <see cref="ProxyFailure.Detail"/> follows the body.</summary>
    public bool BodyNamesDetail { get; internal init; }

    /// <summary>What happened, in plain words for an operator.</summary>
    public string Explanation { get; }

    /// <summary>Whether the failure is the upstream stream's end before its time.</summary>
    public bool IsReset => ResetWords.Length > 0;

    /// <summary>The status of the local reply.</summary>
    public int StatusFor(bool requestComplete) => requestComplete ? StatusWhenRequestComplete : Status;
}
