using System.Globalization;
using Microsoft.Extensions.Logging;
using Nuncio.Server.HotRestart;
using Nuncio.Server.Logging;

namespace Nuncio.Server.CommandLine;

/// <summary>Arguments to <see cref="ServerOptions"/>, with one line for what is wrong. Stateless. Envoy's page: "Command line options".</summary>
public static class CommandLineParser
{
    /// <summary>Reads the arguments.</summary>
    public static CommandLineResult Parse(string[] arguments)
    {
        if (!ParsedArguments.TryParse(arguments, out ParsedArguments parsed, out string error))
        {
            return CommandLineResult.Fail(error);
        }

        if (parsed.Has("--help"))
        {
            return CommandLineResult.Print(HelpText.Make());
        }

        if (parsed.Has("--version"))
        {
            return CommandLineResult.Print(VersionText.Line + "\n");
        }

        if (parsed.Has("--hot-restart-version"))
        {
            return CommandLineResult.Print((parsed.Has("--disable-hot-restart") ? "disabled" : RestartProtocol.VersionName) + "\n");
        }

        var reader = new Reader(parsed);
        ServerOptions options = reader.Read();
        return reader.Error.Length == 0 ? CommandLineResult.Run(options) : CommandLineResult.Fail(reader.Error);
    }

    /// <summary>Reads the values of one command line; keeps the first error.</summary>
    private sealed class Reader(ParsedArguments arguments)
    {
        /// <summary>Who gives one of these counts on hot restart.</summary>
        private static readonly string[] s_restartOptions =
            ["--restart-epoch", "--base-id", "--use-dynamic-base-id", "--base-id-path", "--socket-path"];

        internal string Error { get; private set; } = "";

        internal ServerOptions Read()
        {
            uint epoch = Number("--restart-epoch", 0);
            if (epoch > 0 && arguments.Has("--use-dynamic-base-id"))
            {
                Fail(string.Create(CultureInfo.InvariantCulture, $"cannot use --restart-epoch={epoch} with --use-dynamic-base-id"));
            }

            string components = arguments.Value("--component-log-level") ?? "";
            return new ServerOptions
            {
                ConfigPath = arguments.Value("--config-path"),
                ConfigYaml = arguments.Value("--config-yaml"),
                Mode = Choice("--mode", "serve", ("serve", RunMode.Serve), ("validate", RunMode.Validate), ("init_only", RunMode.InitOnly)),
                Watch = arguments.Has("--watch"),
                AllowUnknownStaticFields = arguments.Has("--allow-unknown-static-fields") || arguments.Has("--allow-unknown-fields"),
                RejectUnknownDynamicFields = arguments.Has("--reject-unknown-dynamic-fields"),
                IgnoreUnknownDynamicFields = arguments.Has("--ignore-unknown-dynamic-fields"),
                Concurrency = arguments.Has("--concurrency") ? (int)Math.Min(Number("--concurrency", 0), WorkerCount.Max) : null,
                ServiceCluster = arguments.Value("--service-cluster") ?? "",
                ServiceNode = arguments.Value("--service-node") ?? "",
                ServiceZone = arguments.Value("--service-zone") ?? "",
                LogLevel = Level(),
                ComponentLogLevels = Components(components),
                ComponentLogLevelText = components,
                LogFormat = arguments.Value("--log-format") ?? LogPattern.Default,
                LogFormatEscaped = arguments.Has("--log-format-escaped"),
                IsLogFormatGiven = arguments.Value("--log-format") is not null,
                LogPath = arguments.Value("--log-path") is { Length: > 0 } path ? path : null,
                FileFlushInterval = TimeSpan.FromMilliseconds(Number("--file-flush-interval-msec", 10_000)),
                FileFlushMinSizeKb = (int)Math.Min(Number("--file-flush-min-size-kb", 64), 1024 * 1024),
                DrainTime = TimeSpan.FromSeconds(Number("--drain-time-s", 600)),
                DrainStrategy = Choice("--drain-strategy", "gradual", ("gradual", DrainStrategy.Gradual), ("immediate", DrainStrategy.Immediate)),
                ShutdownGrace = TimeSpan.FromSeconds(Number("--shutdown-grace-s", 10)),
                AdminAddressPath = arguments.Value("--admin-address-path") is { Length: > 0 } file ? file : null,
                StatsTags = StatsTags(),
                BaseId = Number("--base-id", 0),
                UseDynamicBaseId = arguments.Has("--use-dynamic-base-id"),
                BaseIdPath = arguments.Value("--base-id-path") is { Length: > 0 } idFile ? idFile : null,
                RestartEpoch = epoch,
                SocketPath = arguments.Value("--socket-path") is { Length: > 0 } socket ? socket : new ServerOptions().SocketPath,
                SocketMode = Mode(),
                SkipHotRestartOnNoParent = arguments.Has("--skip-hot-restart-on-no-parent"),
                SkipHotRestartParentStats = arguments.Has("--skip-hot-restart-parent-stats"),
                AsksForHotRestart = s_restartOptions.Any(arguments.Has),
                ParentShutdownTime = TimeSpan.FromSeconds(Number("--parent-shutdown-time-s", 900)),
                DisableHotRestart = arguments.Has("--disable-hot-restart"),
                WithoutEffect = [.. OptionTable.All.Where(o => !o.HasEffect && arguments.Has(o.Name)).Select(o => o.Name)],
            };
        }

        private void Fail(string error)
        {
            if (Error.Length == 0)
            {
                Error = error;
            }
        }

        private uint Number(string option, uint otherwise)
        {
            if (arguments.Value(option) is not { } text)
            {
                return otherwise;
            }

            if (!uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value))
            {
                Fail($"{option}: found \"{text}\", expected a whole number from 0 to {uint.MaxValue}");
            }

            return value;
        }

        private uint Mode()
        {
            string text = arguments.Value("--socket-mode") ?? "600";
            uint mode = 0;
            foreach (char digit in text)
            {
                mode = digit is >= '0' and <= '7' && mode <= 0x1FF ? (mode * 8) + (uint)(digit - '0') : uint.MaxValue;
            }

            if (mode > 0x1FF)
            {
                Fail($"invalid socket-mode '{text}'");
            }

            return mode;
        }

        private T Choice<T>(string option, string otherwise, params ReadOnlySpan<(string Word, T Value)> choices)
        {
            string text = arguments.Value(option) ?? otherwise;
            string words = "";
            foreach ((string word, T value) in choices)
            {
                if (word == text)
                {
                    return value;
                }

                words += words.Length == 0 ? word : ", " + word;
            }

            Fail($"{option}: found \"{text}\", expected one of {words}");
            return choices[0].Value;
        }

        private LogLevel Level()
        {
            string text = arguments.Value("--log-level") ?? "info";
            if (!LogLevelNames.TryParse(text, out LogLevel level))
            {
                Fail($"--log-level: found \"{text}\", expected one of {LogLevelNames.Choices}");
            }

            return level;
        }

        private List<KeyValuePair<string, LogLevel>> Components(string text)
        {
            var levels = new List<KeyValuePair<string, LogLevel>>();
            if (!ComponentLevels.TryParse(text, levels, out string error))
            {
                Fail("--component-log-level: " + error);
            }

            return levels;
        }

        private List<KeyValuePair<string, string>> StatsTags()
        {
            var tags = new List<KeyValuePair<string, string>>();
            foreach (string text in arguments.Values("--stats-tag"))
            {
                int colon = text.IndexOf(':');
                string name = colon < 0 ? "" : text[..colon];
                string value = text[(colon + 1)..];
                if (name.Length == 0 || value.Length == 0 || value.Contains('.') || !name.All(char.IsAsciiLetterOrDigit))
                {
                    Fail($"--stats-tag: found \"{text}\", expected name:value, the name of letters and digits, the value without a dot");
                }
                else if (tags.Any(t => t.Key == name))
                {
                    Fail($"--stats-tag: found a second value for \"{name}\"");
                }
                else
                {
                    tags.Add(new(name, value));
                }
            }

            return tags;
        }
    }
}
