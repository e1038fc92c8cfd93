using System.Globalization;
using Nuncio.Core.Overload;

namespace Nuncio.Extensions.ResourceMonitors.InjectedResource;

/// <summary>
/// A pressure that somebody writes into a file, 0 to 1: for trying out what actions do. The file is read at every refresh, so it is
/// watched however it is replaced.
/// </summary>
/// <remarks>Owner: main thread.</remarks>
internal sealed class InjectedResourceMonitor(string path) : ResourceMonitor
{
    /// <inheritdoc/>
    public override bool TryRead(out double pressure, out string? error)
    {
        pressure = 0;
        if (!SmallFile.TryRead(path, out string? text, out error))
        {
            return false;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value is >= 0 and <= 1))
        {
            error = $"{path} holds no number from 0 to 1";
            return false;
        }

        pressure = value;
        return true;
    }
}
