using System.Text;
using Envoy.Config.Core.V3;
using Nuncio.Config.Errors;

namespace Nuncio.Config.Routes;

/// <summary>Reads what a DataSource points to, once, when the configuration is loaded. Stateless; any thread.</summary>
public static class DataSourceReader
{
    /// <summary>The bytes; null after an error. <paramref name="scope"/> is the place of the DataSource.</summary>
    public static byte[]? Read(DataSource message, long maxBytes, ConfigScope scope)
    {
        switch (message.SpecifierCase)
        {
            case DataSource.SpecifierOneofCase.InlineString:
                return Limited(Encoding.UTF8.GetBytes(message.InlineString), maxBytes, scope.Field("inline_string"));
            case DataSource.SpecifierOneofCase.InlineBytes:
                return Limited(message.InlineBytes.ToByteArray(), maxBytes, scope.Field("inline_bytes"));
            case DataSource.SpecifierOneofCase.Filename:
                return ReadFile(message.Filename, maxBytes, scope.Field("filename"));
            case DataSource.SpecifierOneofCase.EnvironmentVariable:
                if (Environment.GetEnvironmentVariable(message.EnvironmentVariable) is { } value)
                {
                    return Limited(Encoding.UTF8.GetBytes(value), maxBytes, scope.Field("environment_variable"));
                }

                scope.Field("environment_variable").Error($"environment variable '{message.EnvironmentVariable}' does not exist");
                return null;
            default:
                scope.Error("found no source, expected one of filename, inline_string, inline_bytes, environment_variable");
                return null;
        }
    }

    private static byte[]? ReadFile(string path, long maxBytes, ConfigScope scope)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > maxBytes)
            {
                return TooLong(file.Length, maxBytes, scope);
            }

            // A device says that it is empty: read what there is, up to one byte more than is allowed.
            using var content = new MemoryStream();
            byte[] part = new byte[4096];
            int read;
            while (content.Length <= maxBytes && (read = file.Read(part)) > 0)
            {
                content.Write(part, 0, read);
            }

            return Limited(content.ToArray(), maxBytes, scope);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            scope.Error($"cannot read '{path}': {e.Message}");
            return null;
        }
    }

    private static byte[]? Limited(byte[] bytes, long maxBytes, ConfigScope scope) =>
        bytes.Length > maxBytes ? TooLong(bytes.Length, maxBytes, scope) : bytes;

    private static byte[]? TooLong(long length, long maxBytes, ConfigScope scope)
    {
        scope.Error($"found {length} bytes or more, expected at most {maxBytes}");
        return null;
    }
}
