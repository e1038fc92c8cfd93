using System.Text;
using Nuncio.Http.Headers;
using Nuncio.Http.Streams;
using Buffer = Nuncio.Base.Buffers.Buffer;

namespace Nuncio.Testing.Http;

/// <summary>What a codec reported, written down so that it does not depend on how the bytes were cut: body pieces are joined.</summary>
public sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _body = new();

    /// <summary>Writes an event.</summary>
    public void Add(string line)
    {
        FlushBody();
        _text.Append(line).Append('\n');
    }

    /// <summary>Writes headers or trailers.</summary>
    public void Add(string kind, HeaderMap headers, bool endStream)
    {
        StringBuilder line = new(kind);
        foreach (HeaderField field in headers)
        {
            line.Append(" | ").Append(Encoding.Latin1.GetString(field.Name)).Append(": ").Append(Encoding.Latin1.GetString(field.Value));
        }

        Add(endStream ? line.Append(" | end").ToString() : line.ToString());
    }

    /// <summary>Takes a body piece.</summary>
    public void AddBody(Buffer data, bool endStream)
    {
        _body.Append(Encoding.Latin1.GetString(data.ToArray()));
        data.Clear();
        if (endStream)
        {
            Add("end");
        }
    }

    /// <summary>Writes a refusal.</summary>
    public void Add(in CodecError error) => Add($"error {error.Status} {error.Details}");

    /// <summary>Everything so far.</summary>
    public override string ToString()
    {
        FlushBody();
        return _text.ToString();
    }

    private void FlushBody()
    {
        if (_body.Length > 0)
        {
            _text.Append("body ").Append(_body).Append('\n');
            _body.Clear();
        }
    }
}
