using Nuncio.Base.Buffers;

namespace Nuncio.Core.HttpConnection;

/// <summary>What became of a path.</summary>
internal enum PathOutcome : byte
{
    /// <summary>It was in normal form already.</summary>
    Unchanged,

    /// <summary>It was written in normal form.</summary>
    Changed,

    /// <summary>The client is to be sent to the normal form.</summary>
    Redirect,

    /// <summary>It has no normal form, or escaped slashes that are not wanted.</summary>
    Rejected,
}

/// <summary>
/// Brings paths into one form, so that what routes and upstreams see is the same: escaped slashes, dot segments (RFC 3986 section
/// 5.2.4), backslashes, the case of escapes, doubled slashes. The query is never touched. Stateless.
/// </summary>
internal static class PathNormalizer
{
    /// <summary>Writes the normal form of <paramref name="path"/> (query included) to <paramref name="into"/> where it differs.</summary>
    internal static PathOutcome Apply(HttpConnectionManagerConfig config, ReadOnlySpan<byte> path, ByteWriter into)
    {
        int query = path.IndexOf((byte)'?');
        ReadOnlySpan<byte> plain = query < 0 ? path : path[..query];
        bool redirect = false;
        byte[]? unescaped = null;
        if (config.EscapedSlashes != EscapedSlashesAction.KeepUnchanged && HasEscapedSlash(plain))
        {
            if (config.EscapedSlashes == EscapedSlashesAction.RejectRequest)
            {
                return PathOutcome.Rejected;
            }

            redirect = config.EscapedSlashes == EscapedSlashesAction.UnescapeAndRedirect;
            plain = unescaped = Unescape(plain);
        }

        if (config.NormalizePath)
        {
            if (!RemoveDots(plain, into))
            {
                return PathOutcome.Rejected;
            }
        }
        else
        {
            into.Append(plain);
        }

        if (config.MergeSlashes)
        {
            MergeSlashes(into);
        }

        ReadOnlySpan<byte> original = query < 0 ? path : path[..query];
        bool changed = unescaped is not null || !into.Written.SequenceEqual(original);
        if (query >= 0)
        {
            into.Append(path[query..]);
        }

        return redirect ? PathOutcome.Redirect : changed ? PathOutcome.Changed : PathOutcome.Unchanged;
    }

    private static bool HasEscapedSlash(ReadOnlySpan<byte> path)
    {
        for (int at = path.IndexOf((byte)'%'); at >= 0 && at + 2 < path.Length;)
        {
            if (IsSlashEscape(path[(at + 1)..]))
            {
                return true;
            }

            int next = path[(at + 1)..].IndexOf((byte)'%');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static bool IsSlashEscape(ReadOnlySpan<byte> digits) =>
        digits.Length >= 2 && ((digits[0] == '2' && (digits[1] | 0x20) == 'f') || (digits[0] == '5' && (digits[1] | 0x20) == 'c'));

    private static byte[] Unescape(ReadOnlySpan<byte> path)
    {
        var result = new ByteWriter(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && IsSlashEscape(path[(i + 1)..]))
            {
                result.Append(path[i + 1] == '2' ? (byte)'/' : (byte)'\\');
                i += 2;
            }
            else
            {
                result.Append(path[i]);
            }
        }

        return result.Written.ToArray();
    }

    /// <summary>Dot segments out, backslashes to slashes, unreserved escapes decoded and the others upper-cased. False for a bad escape.</summary>
    private static bool RemoveDots(ReadOnlySpan<byte> path, ByteWriter into)
    {
        int start = into.Length;
        for (int i = 0; i < path.Length; i++)
        {
            byte value = path[i];
            if (value == '%')
            {
                if (i + 2 >= path.Length || Hex(path[i + 1]) < 0 || Hex(path[i + 2]) < 0)
                {
                    return false;
                }

                byte decoded = (byte)((Hex(path[i + 1]) << 4) | Hex(path[i + 2]));
                if (decoded == 0)
                {
                    return false;
                }

                if (IsUnreserved(decoded))
                {
                    into.Append(decoded);
                }
                else
                {
                    into.Append((byte)'%');
                    into.Append(Upper(path[i + 1]));
                    into.Append(Upper(path[i + 2]));
                }

                i += 2;
            }
            else
            {
                into.Append(value == '\\' ? (byte)'/' : value);
            }
        }

        byte[] flat = into.Written[start..].ToArray();
        into.Truncate(start);
        ResolveSegments(flat, into, start);
        return true;
    }

    private static void ResolveSegments(ReadOnlySpan<byte> path, ByteWriter into, int start)
    {
        int at = 1;
        into.Append((byte)'/');
        while (at <= path.Length)
        {
            int slash = path[at..].IndexOf((byte)'/');
            bool last = slash < 0;
            ReadOnlySpan<byte> segment = last ? path[at..] : path.Slice(at, slash);
            at += segment.Length + 1;
            if (segment.SequenceEqual("."u8))
            {
                continue;
            }

            if (segment.SequenceEqual(".."u8))
            {
                ReadOnlySpan<byte> done = into.Written[start..];
                int parent = done.Length > 1 ? done[..^1].LastIndexOf((byte)'/') : 0;
                into.Truncate(start + parent + 1);
                continue;
            }

            into.Append(segment);
            if (!last)
            {
                into.Append((byte)'/');
            }
        }
    }

    private static void MergeSlashes(ByteWriter path)
    {
        ReadOnlySpan<byte> written = path.Written;
        if (written.IndexOf("//"u8) < 0)
        {
            return;
        }

        byte[] copy = written.ToArray();
        path.Truncate(0);
        byte before = 0;
        foreach (byte value in copy)
        {
            if (value != '/' || before != '/')
            {
                path.Append(value);
            }

            before = value;
        }
    }

    private static bool IsUnreserved(byte value) =>
        char.IsAsciiLetterOrDigit((char)value) || value is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~';

    private static byte Upper(byte value) => value is >= (byte)'a' and <= (byte)'f' ? (byte)(value - 32) : value;

    private static int Hex(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };
}
