using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Routes;

/// <summary>Makes what an HTTP filter finds as its configuration on a route.</summary>
public interface IRouteFilterConfigs
{
    /// <summary>Whether some filter of this process is configured by this type on a route.</summary>
    bool Knows(string filterName, Any config);

    /// <summary>The filter's object; null after an error.</summary>
    object? Create(string filterName, Any config, ConfigScope scope);
}
