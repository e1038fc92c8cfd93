namespace Nuncio.Core.Matching.Tree;

/// <summary>One input and a test on it. An input that is not there fails every test. Immutable; any thread.</summary>
public sealed class SingleFieldMatcher<TInput>(MatchInput<TInput> source, InputMatcher matcher) : FieldMatcher<TInput>
{
    /// <inheritdoc/>
    public override MatchOutcome Test(in TInput input)
    {
        Span<byte> room = stackalloc byte[InputValue.RoomSize];
        var value = new InputValue(room);
        try
        {
            source.Read(in input, ref value);
            if (value.State == InputState.Unavailable)
            {
                return MatchOutcome.InsufficientData;
            }

            return value.State == InputState.Present && matcher.Matches(in value) ? MatchOutcome.Matched : MatchOutcome.NoMatch;
        }
        finally
        {
            value.Dispose();
        }
    }
}
