using Microsoft.Extensions.Logging;
using Nuncio.Core.Matching;
using Nuncio.Server.Admin.Handlers;

namespace Nuncio.Server.Admin;

/// <summary>
/// Finds the handler of a request, or why there is none: first the list of allowed paths, then the method, then the path, in Envoy's
/// order. Main thread.
/// </summary>
internal sealed class AdminRouter(IReadOnlyList<IAdminHandler> handlers, IReadOnlyList<StringMatcher> allowedPaths, ILogger log)
{
    /// <summary>Answers a request.</summary>
    internal AdminReply Handle(AdminRequest request)
    {
        if (!IsAllowed(request.Path))
        {
            return AdminReply.Error(403, $"request to path {request.Path} not allowed");
        }

        foreach (IAdminHandler handler in handlers)
        {
            if (handler.Path != request.Path)
            {
                continue;
            }

            if (!handler.Mutates || request.Method == "POST")
            {
                return handler.Handle(request);
            }

            log.WrongMethod(handler.Path, request.Method);
            return AdminReply.Error(405, $"Method {request.Method} not allowed, POST required.");
        }

        return AdminReply.Error(404, "invalid path. " + HelpHandler.TextOf(handlers));
    }

    private bool IsAllowed(string path)
    {
        if (allowedPaths.Count == 0)
        {
            return true;
        }

        foreach (StringMatcher matcher in allowedPaths)
        {
            if (matcher.Matches(path))
            {
                return true;
            }
        }

        return false;
    }
}
