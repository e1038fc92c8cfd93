using System.Runtime.InteropServices;

namespace Nuncio.IO.Tls;

/// <summary>What is used of OpenSSL 3's <c>libssl</c>, as it exports it. Blittable, no marshalling; names are OpenSSL's.</summary>
/// <remarks>
/// Safety: callers pass memory that outlives the call, or memory whose ownership the call takes (said beside it). Nothing here may be
/// called before <see cref="OpenSslLibrary.IsAvailable"/> has said yes. SSL_CTX may be shared by threads once it is complete; an SSL may not.
/// </remarks>
internal static unsafe partial class LibSsl
{
    internal const string Library = "libssl.so.3";

    [LibraryImport(Library, EntryPoint = "OPENSSL_init_ssl")]
    internal static partial int Init(ulong options, nint settings);

    [LibraryImport(Library, EntryPoint = "TLS_method")]
    internal static partial nint TlsMethod();

    [LibraryImport(Library, EntryPoint = "SSL_CTX_new")]
    internal static partial nint ContextNew(nint method);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_free")]
    internal static partial void ContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_ctrl")]
    internal static partial nint ContextControl(nint context, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_callback_ctrl")]
    internal static partial nint ContextCallbackControl(nint context, int command, nint function);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_options")]
    internal static partial ulong ContextSetOptions(nint context, ulong options);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cipher_list")]
    internal static partial int ContextSetCipherList(nint context, byte* list);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_ciphersuites")]
    internal static partial int ContextSetCipherSuites(nint context, byte* list);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_certificate")]
    internal static partial int ContextUseCertificate(nint context, nint certificate);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_use_PrivateKey")]
    internal static partial int ContextUsePrivateKey(nint context, nint key);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get0_certificate")]
    internal static partial nint ContextGetCertificate(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get_cert_store")]
    internal static partial nint ContextGetStore(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_get0_param")]
    internal static partial nint ContextGetVerifyParameters(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify")]
    internal static partial void ContextSetVerify(nint context, int mode, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_verify_depth")]
    internal static partial void ContextSetVerifyDepth(nint context, int depth);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_cert_verify_callback")]
    internal static partial void ContextSetCertificateVerifyCallback(nint context, nint callback, nint argument);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_add_client_CA")]
    internal static partial int ContextAddClientCa(nint context, nint certificate);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_session_id_context")]
    internal static partial int ContextSetSessionIdContext(nint context, byte* value, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_timeout")]
    internal static partial nint ContextSetTimeout(nint context, nint seconds);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_num_tickets")]
    internal static partial int ContextSetTicketCount(nint context, nuint count);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_tlsext_ticket_key_evp_cb")]
    internal static partial int ContextSetTicketKeyCallback(nint context, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_alpn_select_cb")]
    internal static partial void ContextSetAlpnSelectCallback(nint context, nint callback, nint argument);

    /// <summary>0 is success.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_alpn_protos")]
    internal static partial int ContextSetAlpnProtocols(nint context, byte* protocols, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_set_keylog_callback")]
    internal static partial void ContextSetKeyLogCallback(nint context, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    internal static partial void ContextSetNewSessionCallback(nint context, nint callback);

    [LibraryImport(Library, EntryPoint = "SSL_new")]
    internal static partial nint New(nint context);

    [LibraryImport(Library, EntryPoint = "SSL_free")]
    internal static partial void Free(nint ssl);

    /// <summary>Takes over the BIO (one reference when both are the same).</summary>
    [LibraryImport(Library, EntryPoint = "SSL_set_bio")]
    internal static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Library, EntryPoint = "SSL_set_accept_state")]
    internal static partial void SetAcceptState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_connect_state")]
    internal static partial void SetConnectState(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_do_handshake")]
    internal static partial int DoHandshake(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_read")]
    internal static partial int Read(nint ssl, byte* into, int length);

    [LibraryImport(Library, EntryPoint = "SSL_write")]
    internal static partial int Write(nint ssl, byte* from, int length);

    [LibraryImport(Library, EntryPoint = "SSL_shutdown")]
    internal static partial int Shutdown(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_set_shutdown")]
    internal static partial void SetShutdown(nint ssl, int mode);

    [LibraryImport(Library, EntryPoint = "SSL_get_error")]
    internal static partial int GetError(nint ssl, int result);

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    internal static partial nint Control(nint ssl, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "SSL_set_alpn_protos")]
    internal static partial int SetAlpnProtocols(nint ssl, byte* protocols, uint length);

    [LibraryImport(Library, EntryPoint = "SSL_get0_alpn_selected")]
    internal static partial void GetAlpnSelected(nint ssl, byte** protocol, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_get_servername")]
    internal static partial byte* GetServerName(nint ssl, int type);

    /// <summary>Takes a reference of its own on the context.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_set_SSL_CTX")]
    internal static partial nint SetContext(nint ssl, nint context);

    [LibraryImport(Library, EntryPoint = "SSL_version")]
    internal static partial int Version(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_current_cipher")]
    internal static partial nint GetCurrentCipher(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_CIPHER_get_name")]
    internal static partial byte* CipherName(nint cipher);

    [LibraryImport(Library, EntryPoint = "SSL_session_reused")]
    internal static partial int SessionReused(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get0_peer_certificate")]
    internal static partial nint GetPeerCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_certificate")]
    internal static partial nint GetOwnCertificate(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_peer_cert_chain")]
    internal static partial nint GetPeerChain(nint ssl);

    [LibraryImport(Library, EntryPoint = "SSL_get_verify_result")]
    internal static partial nint GetVerifyResult(nint ssl);

    /// <summary>Borrowed.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_get_session")]
    internal static partial nint GetSession(nint ssl);

    /// <summary>With a reference for the caller.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_get1_session")]
    internal static partial nint GetSessionReference(nint ssl);

    /// <summary>Takes a reference of its own.</summary>
    [LibraryImport(Library, EntryPoint = "SSL_set_session")]
    internal static partial int SetSession(nint ssl, nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_free")]
    internal static partial void SessionFree(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_id")]
    internal static partial byte* SessionId(nint session, uint* length);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_is_resumable")]
    internal static partial int SessionIsResumable(nint session);

    [LibraryImport(Library, EntryPoint = "SSL_SESSION_get_protocol_version")]
    internal static partial int SessionVersion(nint session);
}
