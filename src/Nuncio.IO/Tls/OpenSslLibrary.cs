using System.Runtime.InteropServices;

namespace Nuncio.IO.Tls;

/// <summary>Whether the system has an OpenSSL that we can use, and which.</summary>
/// <remarks>
/// Any thread: found and initialised once, by the runtime's type initialiser. Nothing of OpenSSL is touched before somebody asks, so a
/// configuration without TLS runs on a system without OpenSSL.
/// </remarks>
public static unsafe class OpenSslLibrary
{
    private const uint OldestMajor = 3;

    /// <summary>OPENSSL_INIT_NO_ATEXIT: worker threads may still be in the library while the process ends.</summary>
    private const ulong InitOptions = 0x00080000;

    private static string s_version = string.Empty;
    private static readonly string? s_problem = Load(); // After the version, which it sets.

    /// <summary>Whether TLS can be used.</summary>
    public static bool IsAvailable => s_problem is null;

    /// <summary>Why it cannot, in words for the user; null when it can.</summary>
    public static string? Problem => s_problem;

    /// <summary>"OpenSSL 3.0.15 3 Sep 2024"; empty when there is none.</summary>
    public static string Version => s_version;

    private static string? Load()
    {
        if (!NativeLibrary.TryLoad(LibCrypto.Library, out nint crypto) || !NativeLibrary.TryLoad(LibSsl.Library, out nint ssl))
        {
            return $"TLS needs OpenSSL 3, and {LibSsl.Library} or {LibCrypto.Library} was not found: install your system's openssl package (Debian: libssl3)";
        }

        if (!NativeLibrary.TryGetExport(crypto, "OpenSSL_version_num", out nint number) ||
            !NativeLibrary.TryGetExport(crypto, "OpenSSL_version", out nint text))
        {
            return $"{LibCrypto.Library} is not OpenSSL: it does not say its version";
        }

        // Safety: both functions have had these signatures since OpenSSL 1.1, and the text is a constant of the library.
        nuint version = ((delegate* unmanaged<nuint>)number)();
        s_version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<int, byte*>)text)(0)) ?? string.Empty;
        if ((version >> 28) < OldestMajor)
        {
            return $"TLS needs OpenSSL 3.0 or newer, and {LibSsl.Library} is {s_version}";
        }

        return NativeLibrary.TryGetExport(ssl, "SSL_get0_peer_certificate", out _) && LibSsl.Init(InitOptions, 0) == 1
            ? null
            : $"{LibSsl.Library} ({s_version}) cannot be initialised";
    }
}
