namespace Nuncio.Core.Formatting;

/// <summary>What stands behind an operator's name in a template.</summary>
/// <param name="Argument">The text in brackets; empty when there are none.</param>
/// <param name="MaxLength">The length behind the colon; null when there is none.</param>
/// <param name="Options">Options of the template.</param>
internal readonly record struct OperatorArguments(string Argument, int? MaxLength, FormatterOptions Options);

/// <summary>What may stand behind an operator's name.</summary>
[Flags]
internal enum ArgumentRule : byte
{
    /// <summary>Neither argument nor length.</summary>
    None = 0,

    /// <summary>An argument may be given.</summary>
    Optional = 1,

    /// <summary>An argument must be given.</summary>
    Required = 2,

    /// <summary>A length may be given.</summary>
    Length = 4,
}
