using System.Runtime.InteropServices;

namespace Nuncio.IO.Tls;

/// <summary>The kind of BIO through which OpenSSL reads and writes: both go to <see cref="TlsTransportSocket.Current"/>.</summary>
/// <remarks>
/// Made once per process, immutable, any thread. A BIO of it holds nothing, so one serves both directions of a connection. Everything but
/// reading and writing is answered by OpenSSL's own null BIO, which says yes to "flush" and "end of file?" and no to what a kernel could do
/// instead: a question asked of managed code for every record would cost as much as the record's callback itself. Over memory BIOs each
/// byte would be copied once more each way; over the descriptor every record would be two reads and a write of the system.
/// </remarks>
internal static unsafe class TlsBio
{
    private static readonly nint s_method = MakeMethod();

    /// <summary>A BIO for one connection; the SSL that it is given to frees it.</summary>
    internal static nint Create()
    {
        nint bio = LibCrypto.BioNew(s_method);
        if (bio != 0)
        {
            LibCrypto.BioSetInit(bio, 1);
        }

        return bio;
    }

    private static nint MakeMethod()
    {
        fixed (byte* name = "nuncio\0"u8)
        {
            nint method = LibCrypto.BioMethodNew(LibCrypto.BioNewIndex() | OpenSslConstants.BioSourceSink, name);
            LibCrypto.BioMethodSetRead(method, (nint)(delegate* unmanaged<nint, byte*, int, int>)&OnRead);
            LibCrypto.BioMethodSetWrite(method, (nint)(delegate* unmanaged<nint, byte*, int, int>)&OnWrite);
            LibCrypto.BioMethodSetControl(method, LibCrypto.BioMethodGetControl(LibCrypto.BioNullMethod()));
            return method;
        }
    }

    [UnmanagedCallersOnly]
    private static int OnRead(nint bio, byte* into, int length)
    {
        TlsTransportSocket socket = TlsTransportSocket.Current!;
        int count;
        try
        {
            count = socket.TakeCipherText(new Span<byte>(into, length));
        }
        catch (Exception exception)
        {
            socket.OnCallbackFailed(exception);
            count = -1;
        }

        if (count <= 0)
        {
            LibCrypto.BioClearFlags(bio, OpenSslConstants.BioFlagsRetryAll);
            if (socket.IsStarved)
            {
                LibCrypto.BioSetFlags(bio, OpenSslConstants.BioFlagRead | OpenSslConstants.BioFlagShouldRetry);
            }
        }

        return count;
    }

    [UnmanagedCallersOnly]
    private static int OnWrite(nint bio, byte* from, int length)
    {
        TlsTransportSocket socket = TlsTransportSocket.Current!;
        try
        {
            if (socket.PutCipherText(from, length))
            {
                return length;
            }
        }
        catch (Exception exception)
        {
            socket.OnCallbackFailed(exception);
        }

        LibCrypto.BioClearFlags(bio, OpenSslConstants.BioFlagsRetryAll);
        return -1;
    }
}
