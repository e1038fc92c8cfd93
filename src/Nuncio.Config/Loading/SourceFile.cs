using Nuncio.Config.Errors;

namespace Nuncio.Config.Loading;

/// <summary>Reads a configuration file whole, never more of it than the limit. Stateless.</summary>
internal static class SourceFile
{
    /// <summary>The format that a file's name stands for. Names we do not know are JSON, as in Envoy.</summary>
    public static ConfigFormat FormatOf(string path)
    {
        bool Ends(string suffix) => path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase);
        return Ends(".yaml") || Ends(".yml") ? ConfigFormat.Yaml
            : Ends(".pb") ? ConfigFormat.Binary
            : Ends(".pb_text") || Ends(".textproto") || Ends(".prototext") ? ConfigFormat.ProtoText
            : ConfigFormat.Json;
    }

    /// <summary>The bytes of a file; false after an error.</summary>
    public static bool TryRead(string path, LoadContext context, out byte[] bytes)
    {
        bytes = [];
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

            // Not the file's length: pipes and devices have none, and a file may grow while it is read.
            using MemoryStream copy = new();
            byte[] block = new byte[64 * 1024];
            int limit = context.Options.Limits.MaxBytes;
            while (file.Read(block) is int count and > 0)
            {
                copy.Write(block, 0, count);
                if (copy.Length > limit)
                {
                    return Fail(context, path, $"larger than {limit} bytes, which is the most a source may be");
                }
            }

            bytes = copy.ToArray();
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Fail(context, path, "the file does not exist");
        }
        catch (UnauthorizedAccessException)
        {
            bool isDirectory = Directory.Exists(path);
            return Fail(context, path, isDirectory ? "found a directory, expected a file" : "the file may not be read by this user");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            return Fail(context, path, "the file cannot be read");
        }
    }

    private static bool Fail(LoadContext context, string path, string message)
    {
        context.Fault(new SourceFault(new SourcePosition(path, 0, 0), message));
        return false;
    }
}
