using Microsoft.Extensions.Logging;
using Nuncio.Base.Time;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading;
using Nuncio.IO.Files;
using Nuncio.IO.Sockets;
using Nuncio.Server.Bootstrap;
using Nuncio.Server.CommandLine;
using Nuncio.Server.Demo;
using Nuncio.Server.HotRestart;
using Nuncio.Server.Lifecycle;
using Nuncio.Server.Logging;
using Nuncio.Server.Systemd;

namespace Nuncio.Server;

/// <summary>
/// From the command line to the exit code: loads, then checks or serves. Envoy's exit codes: 0 when all went well, 1 when it did not.
/// </summary>
/// <remarks>Main thread; runs once.</remarks>
internal sealed class ServerRunner(ServerOptions options, TextWriter output, TextWriter errorOutput)
{
    private const int Failed = 1;

    internal int Run()
    {
        var errors = new ConfigErrors();
        FileStamp? stamp = options.ConfigPath is { } path ? FileStamp.Of(path) : null;
        DemoConfiguration? demo = options.IsDemo ? DemoConfiguration.Default : null;
        var loadOptions = new LoadOptions { AllowUnknownFields = options.AllowUnknownStaticFields };
        LoadedBootstrap? source = demo is null
            ? ConfigLoader.LoadBootstrap(options.ConfigPath, options.ConfigYaml, loadOptions, errors)
            : demo.Load(errors);
        if (source is null)
        {
            return Fail(errors);
        }

        return options.Mode == RunMode.Validate ? Validate(source, errors) : Serve(source, stamp, demo, errors);
    }

    private int Validate(LoadedBootstrap source, ConfigErrors errors)
    {
        LogFormat(source, errors);
        if (!Composition.Validate(options, source, ServerSeams.Machine, errors) || errors.Any)
        {
            return Fail(errors);
        }

        foreach (ConfigError warning in source.Warnings)
        {
            errorOutput.WriteLine("warning: " + warning);
        }

        output.WriteLine($"configuration '{options.ConfigPath ?? ""}' OK");
        return 0;
    }

    private int Serve(LoadedBootstrap source, FileStamp? stamp, DemoConfiguration? demo, ConfigErrors errors)
    {
        if (LogFormat(source, errors) is not { } pattern)
        {
            return Fail(errors);
        }

        if (!LogWriter.TryOpen(pattern, options.LogPath, out LogWriter? writer, out string? logError))
        {
            errorOutput.WriteLine($"error: --log-path: {logError}");
            return Failed;
        }

        using var logs = new LogRegistry(writer!, SystemClock.Instance, options.LogLevel);
        foreach ((string name, LogLevel level) in options.ComponentLogLevels)
        {
            logs.TrySet(name, level);
        }

        ILogger log = logs.CreateLogger(LogComponents.Main);
        AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
        {
            log.Unhandled((Exception)failure.ExceptionObject);
            writer!.Flush(TimeSpan.FromSeconds(1));
        };
        long files = FileLimits.RaiseToHardLimit();
        var service = ServiceNotifier.FromEnvironment();
        using HotRestarter? restarter = HotRestarter.TryOpen(options, service, SystemClock.Instance, log, out string? restartError);
        if (restarter is null)
        {
            errorOutput.WriteLine("error: " + restartError);
            return Failed;
        }

        restarter.Activate(ActivatedSockets.Take(WorkerCount.For(options.Concurrency)));
        ServerSeams seams = ServerSeams.Machine with { InheritedSockets = restarter.Sockets, ConfigStamp = stamp, Service = service, FirstStartTicks = restarter.FirstStartTicks };
        if (Composition.TryBuild(options, source, logs, seams, errors) is not { } server)
        {
            if (demo is not null && errors.Items.Any(e => e.Message.Contains("in use", StringComparison.OrdinalIgnoreCase)))
            {
                errorOutput.WriteLine(DemoConfiguration.PortTaken);
            }

            return Fail(errors);
        }

        using var signals = new SignalHandlers(server);
        log.Starting(VersionText.Number, WorkerCount.For(options.Concurrency), files, Name(demo));
        SayWarnings(log, source);
        WriteAdminAddress(log, server);
        if (demo is not null)
        {
            output.Write(demo.Welcome);
            output.Flush();
        }

        restarter.Attach(server);
        server.Run();
        return 0;
    }

    private LogPattern? LogFormat(LoadedBootstrap source, ConfigErrors errors) =>
        LogFormatConverter.Convert(source.Message.ApplicationLogConfig, options, source.Root(errors).Field("application_log_config"));

    private string Name(DemoConfiguration? demo) =>
        demo is not null ? "of the demo" : options.ConfigPath is { } path ? $"'{path}'" : "of --config-yaml";

    private void SayWarnings(ILogger log, LoadedBootstrap source)
    {
        if (options.WithoutEffect.Count > 0)
        {
            log.OptionsWithoutEffect(string.Join(", ", options.WithoutEffect));
        }

        foreach (ConfigError warning in source.Warnings)
        {
            log.ConfigurationWarning(warning.ToString());
        }
    }

    private void WriteAdminAddress(ILogger log, NuncioServer server)
    {
        if (options.AdminAddressPath is not { } path || server.AdminAddress is not { } address)
        {
            return;
        }

        try
        {
            File.WriteAllText(path, address.ToString());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.AdminAddressNotWritten(path, failure.Message);
        }
    }

    private int Fail(ConfigErrors errors)
    {
        foreach (ConfigError error in errors.Items)
        {
            errorOutput.WriteLine("error: " + error);
        }

        if (errors.Count > errors.Items.Count)
        {
            errorOutput.WriteLine($"error: and {errors.Count - errors.Items.Count} more");
        }

        return Failed;
    }
}
