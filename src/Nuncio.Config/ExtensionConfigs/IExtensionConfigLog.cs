namespace Nuncio.Config.ExtensionConfigs;

/// <summary>What the log says of discovered configuration. Main thread; the server gives one, tests another.</summary>
public interface IExtensionConfigLog
{
    /// <summary>The configuration of a filter is in effect from now on.</summary>
    void Updated(string filter, string path);

    /// <summary>A file was refused; what was in effect stays so. Called once for each error, which says its place in the file.</summary>
    void Refused(string filter, string error);

    /// <summary>Something in a file was let pass.</summary>
    void Warned(string filter, string warning);
}
