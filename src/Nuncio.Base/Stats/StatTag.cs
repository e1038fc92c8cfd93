namespace Nuncio.Base.Stats;

/// <summary>A name and value taken out of a stat's name, or fixed by configuration; a Prometheus label.</summary>
public readonly record struct StatTag(string Name, string Value);
