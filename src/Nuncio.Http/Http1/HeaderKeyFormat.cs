namespace Nuncio.Http.Http1;

/// <summary>How HTTP/1 header names are spelt on the wire.</summary>
public enum HeaderKeyFormat : byte
{
    /// <summary>As in the header map: <c>content-type</c>.</summary>
    Lower,

    /// <summary><c>Content-Type</c> (Envoy: <c>proper_case_words</c>).</summary>
    ProperCase,

    /// <summary>As the other side spelt them (Envoy: <c>preserve_case</c>): messages that are read remember it, whoever sends them on.</summary>
    PreserveCase,
}
