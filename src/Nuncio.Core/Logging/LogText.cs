using System.Runtime.CompilerServices;
using System.Text;

namespace Nuncio.Core.Logging;

/// <summary>
/// The text of a message, put together only when it will be printed: the compiler asks <see cref="IsWanted"/> before it reads the values.
/// </summary>
[InterpolatedStringHandler]
public ref struct LogText
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler for <c>log.Debug(..., $"...")</c>.</summary>
    public LogText(int literalLength, int formattedCount, ComponentLog log, out bool isWanted)
    {
        isWanted = log.IsDebug;
        IsWanted = isWanted;
        if (isWanted)
        {
            _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
        }
    }

    /// <summary>Whether there is a text.</summary>
    internal bool IsWanted { get; }

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    /// <summary>Called by the compiler for numbers, texts and whatever can print itself.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>Called by the compiler for header values and paths.</summary>
    public void AppendFormatted(ReadOnlySpan<byte> utf8) => _text.AppendLiteral(Encoding.UTF8.GetString(utf8));

    internal string ToStringAndClear() => _text.ToStringAndClear();
}
