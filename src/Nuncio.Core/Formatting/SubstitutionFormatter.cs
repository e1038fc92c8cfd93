using System.Diagnostics.CodeAnalysis;
using Nuncio.Base.Buffers;

namespace Nuncio.Core.Formatting;

/// <summary>
/// A template with operators in percent signs, compiled: logs, header values, local replies, redirects. Grammar:
/// <c>%NAME%</c>, <c>%NAME(ARGUMENT)%</c>, <c>%NAME(ARGUMENT):MAXLENGTH%</c>, and <c>%%</c> for a percent sign.
/// </summary>
/// <remarks>
/// Immutable; any thread. Made when configuration is loaded, by <see cref="TryParse"/> or, for JSON, by
/// <see cref="Json.JsonFormatBuilder"/>. Formatting allocates nothing once the writer has grown. Values are written as they are:
/// headers cannot hold line ends (an invariant of the header map), and operators that decode never decode into control bytes.
/// </remarks>
public sealed class SubstitutionFormatter
{
    private readonly FormatOperator[] _operators;
    private readonly bool _omitEmpty;

    internal SubstitutionFormatter(FormatOperator[] operators, bool omitEmpty)
    {
        _operators = operators;
        _omitEmpty = omitEmpty;
    }

    /// <summary>Whether the result is the same for every stream, so that it may be formatted once.</summary>
    public bool IsConstant
    {
        get
        {
            foreach (FormatOperator op in _operators)
            {
                if (op is not Operators.LiteralOperator)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The content type of what is written, where that is a body: as configured, else null and the user of the formatter decides.</summary>
    public byte[]? ContentType { get; init; }

    /// <summary>Whether it writes JSON: a body of it is <c>application/json</c> unless <see cref="ContentType"/> says otherwise.</summary>
    public bool IsJson { get; init; }

    /// <summary>Compiles a template; the error names the operator, the position and what would have been right.</summary>
    public static bool TryParse(
        string text,
        FormatterOptions options,
        [NotNullWhen(true)] out SubstitutionFormatter? formatter,
        [NotNullWhen(false)] out string? error)
    {
        List<FormatOperator> operators = [];
        error = TemplateParser.Parse(text, options, operators);
        formatter = error is null ? new SubstitutionFormatter([.. operators], options.OmitEmptyValues) { ContentType = options.ContentType } : null;
        return formatter is not null;
    }

    /// <summary>Appends the template with all operators replaced.</summary>
    public void Format(in FormatContext context, ByteWriter into)
    {
        foreach (FormatOperator op in _operators)
        {
            if (op.Write(context, into) == FormatValue.Missing && !_omitEmpty)
            {
                into.Append((byte)'-');
            }
        }
    }
}
