using System.Globalization;
using System.Text;
using Nuncio.IO.Events;

namespace Nuncio.Core.HttpConnection;

/// <summary>The value of the <c>date</c> header (RFC 9110 section 5.6.7), made once a second. Owner: one worker.</summary>
internal sealed class DateHeader(Dispatcher dispatcher)
{
    private readonly byte[] _text = new byte[29];
    private long _second = -1;

    internal ReadOnlySpan<byte> Value
    {
        get
        {
            long second = dispatcher.UtcTicks / TimeSpan.TicksPerSecond;
            if (second != _second)
            {
                _second = second;
                Span<char> chars = stackalloc char[29];
                new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc).TryFormat(chars, out _, "R", CultureInfo.InvariantCulture);
                Encoding.ASCII.GetBytes(chars, _text);
            }

            return _text;
        }
    }
}
