using Envoy.Admin.V3;
using Google.Protobuf;
using Nuncio.Core.Listeners;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.Admin.Handlers;

/// <summary><c>/listeners</c>: names and the addresses they are bound to.</summary>
internal sealed class ListenersHandler(AdminContext context) : IAdminHandler
{
    /// <inheritdoc/>
    public string Path => "/listeners";

    /// <inheritdoc/>
    public string Help => "print listener info";

    /// <inheritdoc/>
    public IReadOnlyList<AdminParameter> Parameters { get; } = [new("format", "File format to use", ["text", "json"])];

    /// <inheritdoc/>
    public AdminReply Handle(AdminRequest request) => request.Parameters.Value("format") == "json"
        ? new PiecesReply(ProtoJson.List("listener_statuses", Statuses()), AdminReply.Json)
        : new PiecesReply(Lines(), AdminReply.PlainText);

    private IEnumerable<string> Lines()
    {
        foreach (ListenerSnapshot listener in context.Listeners.Listeners)
        {
            foreach (NetworkAddress address in listener.Bound)
            {
                yield return $"{listener.Config.Name}::{address}\n";
            }
        }
    }

    private IEnumerable<IMessage> Statuses()
    {
        foreach (ListenerSnapshot listener in context.Listeners.Listeners)
        {
            var status = new ListenerStatus { Name = listener.Config.Name, LocalAddress = WireAddress.Of(listener.Bound[0]) };
            foreach (NetworkAddress address in listener.Bound.Skip(1))
            {
                status.AdditionalLocalAddresses.Add(WireAddress.Of(address));
            }

            yield return status;
        }
    }
}
