namespace Nuncio.Config.Errors;

/// <summary>A place in a configuration source: what an operator can jump to.</summary>
/// <param name="Source">File path as given, or <c>--config-yaml</c>, or the name of a dynamic resource.</param>
/// <param name="Line">One-based line; 0 where the source has no lines (binary).</param>
/// <param name="Column">One-based column; 0 where the source has no lines.</param>
public readonly record struct SourcePosition(string Source, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
