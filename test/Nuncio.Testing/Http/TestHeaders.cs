using System.Text;
using Nuncio.Http.Headers;

namespace Nuncio.Testing.Http;

/// <summary>Makes header maps from text, and text from header maps.</summary>
public static class TestHeaders
{
    /// <summary>A map from name, value, name, value...</summary>
    public static HeaderMap Make(HeaderMapPool pool, params string[] fields)
    {
        HeaderMap map = pool.Rent();
        for (int i = 0; i < fields.Length; i += 2)
        {
            map.Add(Encoding.Latin1.GetBytes(fields[i]), Encoding.Latin1.GetBytes(fields[i + 1]));
        }

        return map;
    }

    /// <summary><c>name: value</c> lines.</summary>
    public static string Print(HeaderMap map)
    {
        StringBuilder text = new();
        foreach (HeaderField field in map)
        {
            text.Append(Encoding.Latin1.GetString(field.Name)).Append(": ").Append(Encoding.Latin1.GetString(field.Value)).Append('\n');
        }

        return text.ToString();
    }
}
