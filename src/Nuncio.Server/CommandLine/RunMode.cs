namespace Nuncio.Server.CommandLine;

/// <summary>What to do with the configuration (<c>--mode</c>).</summary>
public enum RunMode
{
    /// <summary>Check it, then carry traffic.</summary>
    Serve,

    /// <summary>Check it and exit.</summary>
    Validate,

    /// <summary>Start completely, then exit.</summary>
    InitOnly,
}

/// <summary>How connections are told to go away during a graceful drain (<c>--drain-strategy</c>).</summary>
public enum DrainStrategy
{
    /// <summary>Ever more of them over the drain time.</summary>
    Gradual,

    /// <summary>All of them from the start.</summary>
    Immediate,
}
