using System.Globalization;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.HotRestart;

/// <summary>What both ends of a hot restart agree on: version, names of sockets, bounds. Stateless.</summary>
internal static class RestartProtocol
{
    /// <summary>Changes whenever a message changes; processes of different versions refuse each other.</summary>
    internal const uint Version = 1;

    /// <summary>What <c>--hot-restart-version</c> prints: equal texts can restart into each other.</summary>
    internal const string VersionName = "nuncio.1";

    /// <summary>Bytes of one message; well below what a Unix domain socket buffers.</summary>
    internal const int MaxMessage = 32 * 1024;

    /// <summary>Longest text inside a message: a stat's name, an argument.</summary>
    internal const int MaxText = 16 * 1024;

    /// <summary>How long the other process may take for an answer while this one waits for it at start.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Envoy: three processes at most live at a time, so names repeat after three epochs; base ids are ten apart.
    private const uint Names = 3;
    private const uint NamesPerBaseId = 10;

    /// <summary>Where the process of an epoch listens for the next one. Envoy: the name of its "parent" role.</summary>
    internal static bool TryName(string socketPath, uint mode, uint baseId, uint epoch, out NetworkAddress? name)
    {
        string number = (((ulong)baseId * NamesPerBaseId) + (epoch % Names)).ToString(CultureInfo.InvariantCulture);
        string path = $"{socketPath}_parent_{number}";
        bool fits = System.Text.Encoding.UTF8.GetByteCount(path) <= NetworkAddress.MaxPathBytes;
        name = fits ? NetworkAddress.FromPipe(path, path[0] == '@' ? 0 : (int)mode) : null;
        return fits;
    }
}
