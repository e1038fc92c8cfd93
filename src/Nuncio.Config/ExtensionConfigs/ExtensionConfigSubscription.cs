using System.Text;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.Core.Matching;
using Nuncio.IO.Events;
using Nuncio.IO.Files;
using Response = Envoy.Service.Discovery.V3.DiscoveryResponse;

namespace Nuncio.Config.ExtensionConfigs;

/// <summary>
/// Follows one file for the configuration of one filter: what is right in it goes to all users at once, what is wrong goes to none of them.
/// </summary>
/// <remarks>
/// Owner: the main thread. Made when the first listener that names the file warms; ends when no listener uses it any more, which the
/// collector tells: listeners drain for minutes and on several threads, and nothing is lost by following a file a little longer.
/// </remarks>
internal sealed class ExtensionConfigSubscription
{
    private readonly string _filter;
    private readonly string _path;
    private readonly ExtensionConfigStats _stats;
    private readonly Counter _unknownFields;
    private readonly Dispatcher _main;
    private readonly FileWatcher _watcher;
    private readonly List<WeakReference<IExtensionConfigUser>> _users = [];

    internal ExtensionConfigSubscription(string filter, string path, ExtensionConfigStats stats, Counter unknownFields, Dispatcher main)
    {
        _filter = filter;
        _path = path;
        _stats = stats;
        _unknownFields = unknownFields;
        _main = main;
        _watcher = new FileWatcher(main, Look);
    }

    internal IExtensionConfigLog? Log { get; init; }

    internal UnknownFieldPolicy UnknownFields { get; init; }

    /// <summary>What is in effect; null while nothing right was found.</summary>
    internal FoundConfig? Last { get; private set; }

    /// <summary>When that came into effect.</summary>
    internal long UpdatedAtUtcTicks { get; private set; }

    /// <summary>Called at its end.</summary>
    internal required Action Unused { get; init; }

    /// <summary>Looks at the file now and on each change.</summary>
    internal void Start()
    {
        _watcher.Watch(_path, Refresh);
        Refresh();
    }

    /// <summary>One more filter that uses it: gets what the others have, if that is right for it.</summary>
    internal void Add(IExtensionConfigUser user)
    {
        Users(); // Without those that are gone.
        _users.Add(new WeakReference<IExtensionConfigUser>(user));
        if (Last is null)
        {
            return;
        }

        var errors = new ConfigErrors();
        if (user.Prepare(Last.TypedConfig, Last.Place(errors)) is { } publish)
        {
            publish();
        }
        else
        {
            _stats.Conflicts.Inc();
            Refuse(errors);
        }
    }

    private FileStamp Look(string path)
    {
        if (Users().Count == 0)
        {
            _watcher.Dispose();
            Unused();
        }

        return FileStamp.Of(path);
    }

    private void Refresh()
    {
        _stats.Attempts.Inc();
        var errors = new ConfigErrors();
        var options = new LoadOptions { AllowUnknownFields = UnknownFields != UnknownFieldPolicy.Reject };
        if (ConfigLoader.LoadFile<Response>(_path, options, errors) is not { } loaded)
        {
            _stats.Unreadable.Inc();
            _stats.Failures.Inc();
            Refuse(errors);
            return;
        }

        if (UnknownFields == UnknownFieldPolicy.Warn)
        {
            Warn(loaded);
        }

        if (FoundConfig.Find(loaded, _filter, errors) is not { } found || !Apply(found, errors))
        {
            _stats.Rejections.Inc();
            _stats.Failures.Inc();
            Refuse(errors);
            return;
        }

        _stats.Successes.Inc();
        _stats.Version.Set((long)XxHash64.Hash(Encoding.UTF8.GetBytes(loaded.Message.VersionInfo)));
        _stats.VersionText.Set(loaded.Message.VersionInfo);
        _stats.UpdateTime.Set((_main.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);
    }

    private bool Apply(FoundConfig found, ConfigErrors errors)
    {
        if (Last is not null && Last.TypedConfig.Equals(found.TypedConfig))
        {
            return true;
        }

        var publish = new List<Action>();
        foreach (IExtensionConfigUser user in Users())
        {
            if (user.Prepare(found.TypedConfig, found.Place(errors)) is not { } action)
            {
                return false;
            }

            publish.Add(action);
        }

        Last = found;
        UpdatedAtUtcTicks = _main.UtcTicks;
        publish.ForEach(static action => action());
        _stats.Reloads.Inc();
        Log?.Updated(_filter, _path);
        return true;
    }

    private void Warn(LoadedMessage<Response> loaded)
    {
        _unknownFields.Add(loaded.UnknownFields);
        foreach (ConfigError warning in loaded.Warnings)
        {
            Log?.Warned(_filter, warning.ToString());
        }
    }

    private void Refuse(ConfigErrors errors)
    {
        foreach (ConfigError error in errors.Items)
        {
            Log?.Refused(_filter, error.ToString());
        }
    }

    private List<IExtensionConfigUser> Users()
    {
        var users = new List<IExtensionConfigUser>();
        _users.RemoveAll(weak =>
        {
            bool lives = weak.TryGetTarget(out IExtensionConfigUser? user);
            if (lives)
            {
                users.Add(user!);
            }

            return !lives;
        });
        return users;
    }
}
