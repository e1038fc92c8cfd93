using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Nuncio.IO.Interop;

namespace Nuncio.IO.Tls;

/// <summary>OpenSSL's queue of errors of this thread, as text. Stateless; every method leaves the queue empty.</summary>
internal static unsafe class OpenSslErrors
{
    /// <summary>How many errors of one failure are told; the first are the nearest to the cause.</summary>
    private const int MostTold = 4;

    /// <summary>The reasons for a person, the cause first: "bad decrypt; bad password read". Never empty.</summary>
    internal static string TakeReasons()
    {
        StringBuilder text = new();
        int told = 0;
        for (nuint error = LibCrypto.GetError(); error != 0; error = LibCrypto.GetError())
        {
            if (told++ < MostTold)
            {
                text.Append(text.Length > 0 ? "; " : string.Empty).Append(Reason(error));
            }
        }

        return text.Length > 0 ? text.ToString() : "unknown error";
    }

    /// <summary>
    /// The failure of a connection in Envoy's form: "TLS_error:|code:library:function:reason:detail:TLS_error_end"; null when the queue
    /// is empty. Envoy: reasons are BoringSSL's words, which are OpenSSL's in capitals; the number is OpenSSL's own.
    /// </summary>
    internal static string? TakeFailure(string? detail, out TlsFailureKind kind)
    {
        kind = TlsFailureKind.Protocol;
        StringBuilder? text = null;
        int told = 0;
        for (nuint error = LibCrypto.GetError(); error != 0; error = LibCrypto.GetError())
        {
            kind = KindOf(error, kind);
            if (told++ < MostTold)
            {
                text ??= new StringBuilder("TLS_error:");
                AppendError(text, error);
            }
        }

        if (text is null)
        {
            return null;
        }

        if (detail is null && kind == TlsFailureKind.NoCertificate)
        {
            detail = "peer did not provide required client certificate";
        }

        if (detail is not null)
        {
            text.Append(':').Append(detail);
        }

        return text.Append(":TLS_error_end").ToString();
    }

    /// <summary>The same form for an end or an error of the socket, which OpenSSL has not put into its queue.</summary>
    internal static string SocketFailure(int error)
    {
        StringBuilder text = new("TLS_error:");
        if (error == 0)
        {
            AppendError(text, ((nuint)OpenSslConstants.ErrorLibrarySsl << OpenSslConstants.ErrorLibraryOffset) | OpenSslConstants.ReasonUnexpectedEof);
        }
        else
        {
            nuint code = ((nuint)OpenSslConstants.ErrorLibrarySystem << OpenSslConstants.ErrorLibraryOffset) | (nuint)Math.Abs(error);
            text.Append('|').Append(((ulong)code).ToString(CultureInfo.InvariantCulture)).Append(":system library:OPENSSL_internal:").Append(Errno.Text(error));
        }

        return text.Append(":TLS_error_end").ToString();
    }

    /// <summary>Whether the last error says that there is no further PEM block, which ends every list of them.</summary>
    internal static bool IsEndOfPem()
    {
        nuint error = LibCrypto.PeekLastError();
        return LibraryOf(error) == OpenSslConstants.ErrorLibraryPem && ReasonOf(error) == OpenSslConstants.ReasonPemNoStartLine;
    }

    private static void AppendError(StringBuilder text, nuint error)
    {
        string library = Marshal.PtrToStringUTF8((nint)LibCrypto.ErrorLibrary(error)) ?? string.Empty;
        text.Append('|').Append(((ulong)error).ToString(CultureInfo.InvariantCulture)).Append(':').Append(library).Append(":OPENSSL_internal:");
        string reason = Reason(error);
        if (LibraryOf(error) == OpenSslConstants.ErrorLibrarySystem)
        {
            text.Append(reason);
            return;
        }

        foreach (char c in reason)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_');
        }
    }

    private static TlsFailureKind KindOf(nuint error, TlsFailureKind before) => (LibraryOf(error), ReasonOf(error)) switch
    {
        (OpenSslConstants.ErrorLibrarySsl, OpenSslConstants.ReasonPeerDidNotReturnCertificate) => TlsFailureKind.NoCertificate,
        (OpenSslConstants.ErrorLibrarySsl, OpenSslConstants.ReasonCertificateVerifyFailed) => TlsFailureKind.CertificateRefused,
        (OpenSslConstants.ErrorLibrarySystem, _) when before == TlsFailureKind.Protocol => TlsFailureKind.Socket,
        _ => before,
    };

    private static string Reason(nuint error)
    {
        byte* reason = LibCrypto.ErrorReason(error);
        return reason is not null
            ? Marshal.PtrToStringUTF8((nint)reason)!
            : LibraryOf(error) == OpenSslConstants.ErrorLibrarySystem ? Errno.Text(ReasonOf(error)) : "unknown reason";
    }

    private static int LibraryOf(nuint error) =>
        (error & 0x80000000) != 0 ? OpenSslConstants.ErrorLibrarySystem : (int)(error >> OpenSslConstants.ErrorLibraryOffset) & OpenSslConstants.ErrorLibraryMask;

    private static int ReasonOf(nuint error) =>
        (error & 0x80000000) != 0 ? (int)(error & 0x7FFFFFFF) : (int)(error & OpenSslConstants.ErrorReasonMask);
}

/// <summary>What a TLS failure is counted as. Envoy: <c>ssl.connection_error</c>, <c>fail_verify_no_cert</c>, <c>fail_verify_error</c>.</summary>
public enum TlsFailureKind : byte
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The peer broke the protocol, or nothing in common was found.</summary>
    Protocol,

    /// <summary>A certificate was required and none came.</summary>
    NoCertificate,

    /// <summary>The certificate that came was refused.</summary>
    CertificateRefused,

    /// <summary>The connection broke beneath.</summary>
    Socket,
}
