using System.Runtime.InteropServices;

namespace Nuncio.IO.Tls;

/// <summary>What is used of OpenSSL 3's <c>libcrypto</c>, as it exports it. Blittable, no marshalling; names are OpenSSL's.</summary>
/// <remarks>Safety: as for <see cref="LibSsl"/>.</remarks>
internal static unsafe partial class LibCrypto
{
    internal const string Library = "libcrypto.so.3";

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    internal static partial nuint GetError();

    [LibraryImport(Library, EntryPoint = "ERR_peek_last_error")]
    internal static partial nuint PeekLastError();

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    internal static partial void ClearError();

    [LibraryImport(Library, EntryPoint = "ERR_lib_error_string")]
    internal static partial byte* ErrorLibrary(nuint error);

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    internal static partial byte* ErrorReason(nuint error);

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    internal static partial nint BioNew(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    internal static partial int BioFree(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_new_mem_buf")]
    internal static partial nint BioNewMemory(byte* bytes, int length);

    [LibraryImport(Library, EntryPoint = "BIO_s_mem")]
    internal static partial nint BioMemoryMethod();

    [LibraryImport(Library, EntryPoint = "BIO_s_null")]
    internal static partial nint BioNullMethod();

    [LibraryImport(Library, EntryPoint = "BIO_read")]
    internal static partial int BioRead(nint bio, byte* into, int length);

    [LibraryImport(Library, EntryPoint = "BIO_ctrl")]
    internal static partial nint BioControl(nint bio, int command, nint number, nint pointer);

    [LibraryImport(Library, EntryPoint = "BIO_set_flags")]
    internal static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_clear_flags")]
    internal static partial void BioClearFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_set_init")]
    internal static partial void BioSetInit(nint bio, int init);

    [LibraryImport(Library, EntryPoint = "BIO_get_new_index")]
    internal static partial int BioNewIndex();

    [LibraryImport(Library, EntryPoint = "BIO_meth_new")]
    internal static partial nint BioMethodNew(int type, byte* name);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_read")]
    internal static partial int BioMethodSetRead(nint method, nint function);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_write")]
    internal static partial int BioMethodSetWrite(nint method, nint function);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_ctrl")]
    internal static partial int BioMethodSetControl(nint method, nint function);

    [LibraryImport(Library, EntryPoint = "BIO_meth_get_ctrl")]
    internal static partial nint BioMethodGetControl(nint method);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509")]
    internal static partial nint PemReadCertificate(nint bio, nint into, nint passphraseCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509_CRL")]
    internal static partial nint PemReadCrl(nint bio, nint into, nint passphraseCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_PrivateKey")]
    internal static partial nint PemReadPrivateKey(nint bio, nint into, nint passphraseCallback, nint argument);

    [LibraryImport(Library, EntryPoint = "d2i_PKCS12_bio")]
    internal static partial nint ReadPkcs12(nint bio, nint into);

    [LibraryImport(Library, EntryPoint = "PKCS12_parse")]
    internal static partial int Pkcs12Parse(nint pkcs12, byte* passphrase, nint* key, nint* certificate, nint* chain);

    [LibraryImport(Library, EntryPoint = "PKCS12_free")]
    internal static partial void Pkcs12Free(nint pkcs12);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    internal static partial void CertificateFree(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_CRL_free")]
    internal static partial void CrlFree(nint crl);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    internal static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "X509_check_private_key")]
    internal static partial int CertificateCheckKey(nint certificate, nint key);

    /// <summary>Length, or negative; with a null pointer only measures. Moves the pointer on.</summary>
    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    internal static partial int CertificateToDer(nint certificate, byte** into);

    [LibraryImport(Library, EntryPoint = "d2i_X509")]
    internal static partial nint CertificateFromDer(nint into, byte** from, nint length);

    [LibraryImport(Library, EntryPoint = "X509_get_subject_name")]
    internal static partial nint CertificateSubject(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_get_issuer_name")]
    internal static partial nint CertificateIssuer(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_NAME_print_ex")]
    internal static partial int NamePrint(nint bio, nint name, int indent, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_cert")]
    internal static partial int StoreAddCertificate(nint store, nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_crl")]
    internal static partial int StoreAddCrl(nint store, nint crl);

    [LibraryImport(Library, EntryPoint = "X509_VERIFY_PARAM_set_flags")]
    internal static partial int VerifySetFlags(nint parameters, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert")]
    internal static partial int VerifyChain(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get0_cert")]
    internal static partial nint StoreContextCertificate(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_error")]
    internal static partial int StoreContextError(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_error_depth")]
    internal static partial int StoreContextErrorDepth(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_get_current_cert")]
    internal static partial nint StoreContextCurrent(nint storeContext);

    [LibraryImport(Library, EntryPoint = "X509_STORE_CTX_set_error")]
    internal static partial void StoreContextSetError(nint storeContext, int error);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    internal static partial byte* VerifyErrorText(nint error);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_num")]
    internal static partial int StackCount(nint stack);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_value")]
    internal static partial nint StackValue(nint stack, int index);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_free")]
    internal static partial void StackFree(nint stack);

    [LibraryImport(Library, EntryPoint = "CRYPTO_malloc")]
    internal static partial byte* Allocate(nuint size, byte* file, int line);

    [LibraryImport(Library, EntryPoint = "RAND_bytes")]
    internal static partial int RandomBytes(byte* into, int count);

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_cbc")]
    internal static partial nint Aes256Cbc();

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    internal static partial int EncryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex")]
    internal static partial int DecryptInit(nint context, nint cipher, nint engine, byte* key, byte* iv);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_set_params")]
    internal static partial int MacSetParameters(nint context, Parameter* parameters);

    /// <summary><c>OSSL_PARAM</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameter
    {
        internal byte* Key;
        internal uint DataType;
        internal byte* Data;
        internal nuint DataSize;
        internal nuint ReturnSize;
    }
}
