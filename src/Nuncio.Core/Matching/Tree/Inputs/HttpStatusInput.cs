namespace Nuncio.Core.Matching.Tree.Inputs;

/// <summary>
/// The status of the response, or its class as <c>2xx</c>. Envoy: type.matcher.v3.HttpResponseStatusCodeMatchInput and
/// HttpResponseStatusCodeClassMatchInput. Immutable; any thread.
/// </summary>
public sealed class HttpStatusInput(bool isClass) : MatchInput<HttpMatchInput>
{
    /// <inheritdoc/>
    public override void Read(in HttpMatchInput input, ref InputValue value)
    {
        if (input.ResponseHeaders is not { } headers)
        {
            value.SetUnavailable();
            return;
        }

        int status = headers.GetStatus();
        if (status is < 100 or > 599 && (isClass || status <= 0))
        {
            return;
        }

        if (isClass)
        {
            value.Append(status / 100);
            value.Append("xx"u8);
        }
        else
        {
            value.Append(status);
        }
    }
}
