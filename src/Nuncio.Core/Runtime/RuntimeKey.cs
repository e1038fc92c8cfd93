namespace Nuncio.Core.Runtime;

/// <summary>
/// A runtime key that some configuration names, found once when that configuration is loaded, so that no request looks a key up.
/// Made by <see cref="LayeredRuntime.Key"/>; the main thread replaces the value, any thread reads it.
/// </summary>
public sealed class RuntimeKey
{
    private volatile RuntimeEntry? _entry;

    internal RuntimeKey(string name) => Name = name;

    /// <summary>The key, dots and all.</summary>
    public string Name { get; }

    /// <summary>The value of the strongest layer that has the key; null when none has.</summary>
    public RuntimeEntry? Entry
    {
        get => _entry;
        internal set => _entry = value;
    }

    /// <summary>The value as an integer.</summary>
    public ulong GetInteger(ulong defaultValue) => _entry?.Integer ?? defaultValue;

    /// <summary>The value as a number.</summary>
    public double GetNumber(double defaultValue) => _entry?.Number ?? defaultValue;

    /// <summary>The value as a boolean.</summary>
    public bool GetBoolean(bool defaultValue) => _entry?.Boolean ?? defaultValue;

    /// <summary>The value as a share; an integer is one out of 100.</summary>
    public FractionalPercent GetFraction(FractionalPercent defaultValue)
    {
        if (_entry is not { } entry)
        {
            return defaultValue;
        }

        if (entry.Fraction is { } fraction)
        {
            return fraction;
        }

        return entry.Integer is { } percent ? new FractionalPercent((uint)Math.Min(percent, 100), 100) : defaultValue;
    }
}
