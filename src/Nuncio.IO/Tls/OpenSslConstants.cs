namespace Nuncio.IO.Tls;

/// <summary>Numbers of OpenSSL 3's headers. They are part of its binary interface, which holds for all of version 3.</summary>
internal static class OpenSslConstants
{
    internal const int ControlMode = 33;
    internal const int ControlSetSessionCacheSize = 42;
    internal const int ControlSetSessionCacheMode = 44;
    internal const int ControlSetServerNameCallback = 53;
    internal const int ControlSetHostName = 55;
    internal const int ControlSetStatusRequestCallback = 63;
    internal const int ControlSetOcspResponse = 71;
    internal const int ControlChainCertificate = 89;
    internal const int ControlSetGroupsList = 92;
    internal const int ControlSetSignatureAlgorithmsList = 98;
    internal const int ControlSetMinimumVersion = 123;
    internal const int ControlSetMaximumVersion = 124;

    internal const nint ModeReleaseBuffers = 0x10;
    internal const nint ModeNoAutoChain = 0x8;

    internal const ulong OptionIgnoreUnexpectedEof = 1UL << 7;
    internal const ulong OptionNoTicket = 1UL << 14;
    internal const ulong OptionNoCompression = 1UL << 17;
    internal const ulong OptionCipherServerPreference = 1UL << 22;
    internal const ulong OptionNoRenegotiation = 1UL << 30;

    internal const int SessionCacheOff = 0;
    internal const int SessionCacheClient = 1;
    internal const int SessionCacheServer = 2;
    internal const int SessionCacheNoInternal = 0x300;

    internal const int VerifyNone = 0;
    internal const int VerifyPeer = 1;
    internal const int VerifyFailIfNoPeerCertificate = 2;

    internal const nuint VerifyFlagCrlCheck = 0x4;
    internal const nuint VerifyFlagCrlCheckAll = 0x8;
    internal const nuint VerifyFlagPartialChain = 0x80000;
    internal const nuint VerifyFlagNoCheckTime = 0x200000;
    internal const int VerifyErrorApplication = 50;

    internal const int ErrorSsl = 1;
    internal const int ErrorSyscall = 5;
    internal const int ErrorZeroReturn = 6;

    internal const int ExtensionOk = 0;
    internal const int ExtensionFatal = 2;
    internal const int ExtensionNoAck = 3;
    internal const int AlertInternalError = 80;
    internal const int AlertUnrecognizedName = 112;

    internal const int ShutdownBoth = 3;

    internal const int BioSourceSink = 0x0400;
    internal const int BioFlagRead = 0x01;
    internal const int BioFlagsRetryAll = 0x0F;
    internal const int BioFlagShouldRetry = 0x08;
    internal const int BioControlPending = 10;

    internal const int ErrorLibraryOffset = 23;
    internal const int ErrorLibraryMask = 0xFF;
    internal const int ErrorReasonMask = 0x7FFFFF;
    internal const int ErrorLibrarySystem = 2;
    internal const int ErrorLibraryPem = 9;
    internal const int ErrorLibrarySsl = 20;
    internal const int ReasonPemNoStartLine = 108;
    internal const int ReasonPeerDidNotReturnCertificate = 199;
    internal const int ReasonCertificateVerifyFailed = 134;
    internal const int ReasonUnexpectedEof = 294;

    internal const int Tls13 = 0x0304;

    internal const uint ParameterUtf8String = 4;
    internal const uint ParameterOctetString = 5;

    /// <summary>RFC 2253 names, as Envoy prints them: <c>XN_FLAG_RFC2253</c> with <c>ASN1_STRFLGS_UTF8_CONVERT</c> as it contains it.</summary>
    internal const nuint NameRfc2253 = 0x1110317;
}
