using System.Runtime.InteropServices;

namespace Nuncio.IO.Interop;

/// <summary>
/// Linux error numbers as the socket operations report them, negated, and their texts. Values are those of asm-generic, which
/// x86-64 and arm64 share. Stateless; any thread.
/// </summary>
public static class Errno
{
    public const int PermissionDenied = 13;
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int BadFile = 9;
    public const int NoMemory = 12;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int TooManyFilesSystem = 23;
    public const int TooManyFiles = 24;
    public const int BrokenPipe = 32;
    public const int MessageTooLong = 90;
    public const int ProtocolOptionUnknown = 92;
    public const int ProtocolNotSupported = 93;
    public const int AddressInUse = 98;
    public const int AddressNotAvailable = 99;
    public const int NetworkUnreachable = 101;
    public const int ConnectionAborted = 103;
    public const int ConnectionReset = 104;
    public const int NoBuffers = 105;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;

    /// <summary>The negated reason of the native call that just failed on this thread.</summary>
    internal static int Last => -Marshal.GetLastSystemError();

    /// <summary>The system's words for an error number, either sign: "Connection refused".</summary>
    public static string Text(int errno) => Marshal.GetPInvokeErrorMessage(Math.Abs(errno));
}
