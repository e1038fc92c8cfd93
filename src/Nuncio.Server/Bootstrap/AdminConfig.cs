using Nuncio.Core.AccessLog;
using Nuncio.Core.Listeners;
using Nuncio.Core.Matching;

namespace Nuncio.Server.Bootstrap;

/// <summary>What the user wants of the admin server, <c>envoy.config.bootstrap.v3.Admin</c>. Immutable.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="AllowPaths"><c>allow_paths</c>: when not empty, every other path gets 403.</param>
/// <param name="AccessLogs"><c>access_log</c>.</param>
internal sealed record AdminConfig(ListenAddress Address, IReadOnlyList<StringMatcher> AllowPaths, IReadOnlyList<IAccessLoggerProvider> AccessLogs);
