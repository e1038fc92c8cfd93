using System.Globalization;
using Nuncio.Config.Loading;

namespace Nuncio.Server.HotRestart;

/// <summary>Reads the command line of <c>nuncio upgrade</c>, with one line for what is wrong. Stateless.</summary>
internal static class UpgradeArguments
{
    private static readonly string[] s_names = ["-c", "--config-path", "--base-id", "--base-id-path", "--socket-path", "--timeout-s"];

    internal static bool TryParse(string[] arguments, out UpgradeOptions options, out string error)
    {
        options = new UpgradeOptions();
        error = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--")
            {
                options = options with { MoreArguments = arguments[(i + 1)..] };
                return true;
            }

            string[] parts = arguments[i].Split('=', 2);
            string name = parts[0];
            if (!s_names.Contains(name))
            {
                error = $"unknown option \"{name}\"{NearestName.Suggest(name, s_names)}";
                return false;
            }

            if (parts.Length == 1 && i + 1 == arguments.Length)
            {
                error = $"{name} needs a value";
                return false;
            }

            string value = parts.Length == 2 ? parts[1] : arguments[++i];
            if (!TrySet(ref options, name, value, out error))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TrySet(ref UpgradeOptions options, string name, string value, out string error)
    {
        error = "";
        switch (name)
        {
            case "-c" or "--config-path":
                options = options with { ConfigPath = value };
                return true;
            case "--socket-path" when value.Length > 0:
                options = options with { SocketPath = value };
                return true;
            case "--base-id" when TryNumber(value, out uint baseId):
                options = options with { BaseId = baseId };
                return true;
            case "--base-id-path" when File.Exists(value) && TryNumber(File.ReadAllText(value).Trim(), out uint written):
                options = options with { BaseId = written };
                return true;
            case "--timeout-s" when TryNumber(value, out uint seconds) && seconds > 0:
                options = options with { Timeout = TimeSpan.FromSeconds(Math.Min(seconds, 1_000_000)) };
                return true;
            default:
                string expected = name switch
                {
                    "--base-id-path" => "a file with a whole number in it",
                    "--socket-path" => "a path",
                    _ => "a whole number",
                };
                error = $"{name}: found \"{value}\", expected {expected}";
                return false;
        }
    }

    private static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
