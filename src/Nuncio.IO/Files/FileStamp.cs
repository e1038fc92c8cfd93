using System.Text;
using Nuncio.IO.Interop;

namespace Nuncio.IO.Files;

/// <summary>
/// Which file a path leads to now, through all links, and when that was changed last: two stamps differ when the content may. A directory
/// on the way that was swapped for another (Kubernetes' <c>..data</c>) shows too, since it leads to another file.
/// </summary>
/// <param name="Device">Device, major and minor.</param>
/// <param name="Inode">Number of the file on it.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Modified">Last change of the content, nanoseconds since 1970.</param>
/// <param name="Changed">Last change of content, owner or mode.</param>
public readonly record struct FileStamp(ulong Device, ulong Inode, ulong Size, long Modified, long Changed)
{
    private const int CurrentDirectory = -100;
    private const uint BasicStats = 0x7FF;
    private const int StructSize = 256; // struct statx has this layout on all architectures, unlike struct stat.

    /// <summary>The stamp of a path; the default value when there is no such file.</summary>
    public static unsafe FileStamp Of(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        Span<byte> into = stackalloc byte[StructSize];
        fixed (byte* namePointer = name)
        fixed (byte* intoPointer = into)
        {
            if (LibC.Statx(CurrentDirectory, namePointer, 0, BasicStats, intoPointer) < 0)
            {
                return default;
            }
        }

        return new FileStamp(
            BitConverter.ToUInt64(into[136..]),
            BitConverter.ToUInt64(into[32..]),
            BitConverter.ToUInt64(into[40..]),
            Time(into[112..]),
            Time(into[96..]));
    }

    private static long Time(ReadOnlySpan<byte> timestamp) =>
        (BitConverter.ToInt64(timestamp) * 1_000_000_000) + BitConverter.ToUInt32(timestamp[8..]);
}
