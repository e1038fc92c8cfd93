using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Nuncio.IO.Sockets;

namespace Nuncio.Server.Bootstrap;

/// <summary>
/// The address of this machine that headers tell others: the first IPv4 one of its interfaces that is not loopback, else 127.0.0.1, as
/// Envoy chooses. Stateless; asked once at start.
/// </summary>
internal static unsafe partial class LocalAddress
{
    private const ushort FamilyIPv4 = 2;

    internal static NetworkAddress Find()
    {
        // Safety: the list is walked as getifaddrs(3) laid it out and freed once; nothing of it is kept.
        Interface* first;
        if (GetInterfaces(&first) != 0)
        {
            return Loopback;
        }

        try
        {
            for (Interface* one = first; one is not null; one = one->Next)
            {
                byte* address = one->Address;
                if (address is null || *(ushort*)address != FamilyIPv4)
                {
                    continue;
                }

                NetworkAddress found = NetworkAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(address + 4, 4)), 0);
                if (!found.IsLoopback)
                {
                    return found;
                }
            }
        }
        finally
        {
            FreeInterfaces(first);
        }

        return Loopback;
    }

    private static NetworkAddress Loopback { get; } = NetworkAddress.FromIPv4(0x7F000001, 0);

    [LibraryImport("libc", EntryPoint = "getifaddrs")]
    private static partial int GetInterfaces(Interface** first);

    [LibraryImport("libc", EntryPoint = "freeifaddrs")]
    private static partial void FreeInterfaces(Interface* first);

    /// <summary>The beginning of <c>struct ifaddrs</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Interface
    {
        internal Interface* Next;
        internal byte* Name;
        internal uint Flags;
        internal byte* Address;
    }
}
