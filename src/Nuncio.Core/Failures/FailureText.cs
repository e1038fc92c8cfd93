using Nuncio.Base.Buffers;

namespace Nuncio.Core.Failures;

/// <summary>
/// Composes what depends on more than the kind: bodies and details of resets, with the reset reason and what the transport says.
/// Stateless. Only <see cref="Details"/> may allocate, and only when there is a detail to be named.
/// </summary>
public static class FailureText
{
    private static readonly string[] s_before = Compose("upstream_reset_before_response_started");
    private static readonly string[] s_after = Compose("upstream_reset_after_response_started");

    /// <summary>Appends the body of the local reply.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="retried">Whether this was not the first attempt.</param>
    /// <param name="into">Where to.</param>
    public static void AppendBody(in ProxyFailure failure, bool retried, ByteWriter into)
    {
        FailureRow row = failure.Row;
        into.Append(row.BodyUtf8);
        if (row.IsReset)
        {
            if (retried)
            {
                into.Append("retried and the latest "u8);
            }

            into.Append("reset reason: "u8);
            into.Append(row.ResetWords);
            if (!string.IsNullOrEmpty(failure.Detail))
            {
                into.Append(", transport failure reason: "u8);
                into.Append(failure.Detail);
            }
        }
        else if (row.BodyNamesDetail && failure.Detail is { } detail)
        {
            into.Append(detail);
        }
    }

    /// <summary>The response code details, white space as <c>_</c>.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="responseStarted">Whether response headers had been sent down: resets then read "after".</param>
    public static string Details(in ProxyFailure failure, bool responseStarted = false)
    {
        FailureRow row = failure.Row;
        if (row.IsReset)
        {
            string plain = (responseStarted ? s_after : s_before)[(int)failure.Kind];
            return string.IsNullOrEmpty(failure.Detail) ? plain : Underscored($"{plain.AsSpan(0, plain.Length - 1)}|{failure.Detail}}}");
        }

        return row.DetailsNameDetail && failure.Detail is { Length: > 0 } detail ? Underscored($"{row.Details}{{{detail}}}") : row.Details;
    }

    /// <summary>What happened, in plain words; for people, not for machines.</summary>
    public static string Explain(in ProxyFailure failure) =>
        string.IsNullOrEmpty(failure.Detail) ? failure.Row.Explanation : $"{failure.Row.Explanation} ({failure.Detail})";

    private static string Underscored(string text)
    {
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                return string.Create(text.Length, text, static (to, from) =>
                {
                    for (int i = 0; i < to.Length; i++)
                    {
                        to[i] = char.IsWhiteSpace(from[i]) ? '_' : from[i];
                    }
                });
            }
        }

        return text;
    }

    private static string[] Compose(string prefix)
    {
        string[] all = new string[FailureTable.Rows.Count];
        foreach (FailureRow row in FailureTable.Rows)
        {
            all[(int)row.Kind] = row.IsReset ? Underscored($"{prefix}{{{row.ResetWords}}}") : row.Details;
        }

        return all;
    }
}
