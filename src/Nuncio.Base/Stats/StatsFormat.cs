namespace Nuncio.Base.Stats;

/// <summary>Formats that <c>/stats</c> can be asked for.</summary>
public enum StatsFormat
{
    /// <summary><c>name: value</c> lines (<see cref="StatsText"/>).</summary>
    Text,

    /// <summary><see cref="StatsJson"/>.</summary>
    Json,

    /// <summary><see cref="StatsPrometheus"/>.</summary>
    Prometheus,

    /// <summary>A page with a form; the admin wraps it around the text.</summary>
    Html,

    /// <summary>A page that updates itself.</summary>
    ActiveHtml,
}
