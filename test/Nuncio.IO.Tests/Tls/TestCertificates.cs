using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Nuncio.IO.Tls;

namespace Nuncio.IO.Tests.Tls;

/// <summary>A certificate authority and what it issues, made once per run.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_to = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ECDsa s_caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly X509Certificate2 s_ca = MakeCa(s_caKey, "CN=Test CA,O=Nuncio");

    internal static byte[] CaPem { get; } = Pem(s_ca);

    internal static byte[] OtherCaPem { get; } = Pem(MakeCa(ECDsa.Create(ECCurve.NamedCurves.nistP256), "CN=Other CA"));

    internal static TlsCertificateConfig Ecdsa { get; } = Issue("www.example.com", isRsa: false);

    internal static TlsCertificateConfig Rsa { get; } = Issue("www.example.com", isRsa: true);

    internal static TlsCertificateConfig Client { get; } = Issue("client.example.com", isRsa: false);

    internal static TlsCertificateConfig Expired { get; } = Issue("old.example.com", isRsa: false, new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>A certificate for a name, with SANs of every kind.</summary>
    internal static TlsCertificateConfig Issue(string name, bool isRsa, DateTimeOffset? to = null)
    {
        using ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using RSA rsa = RSA.Create(2048);
        CertificateRequest request = isRsa
            ? new($"CN={name},O=Nuncio", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new($"CN={name},O=Nuncio", ec, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        names.AddUri(new Uri("spiffe://example/" + name));
        names.AddEmailAddress("admin@" + name);
        names.AddIpAddress(IPAddress.Parse("10.1.2.3"));
        names.AddIpAddress(IPAddress.Parse("fe80::1"));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(
            s_ca.SubjectName, X509SignatureGenerator.CreateForECDsa(s_caKey), s_from, to ?? s_to, [0x0A, 0xBC, 0x01, (byte)name.Length]);
        return new TlsCertificateConfig
        {
            Name = name,
            Chain = Pem(issued),
            PrivateKey = Encoding.ASCII.GetBytes(isRsa ? rsa.ExportPkcs8PrivateKeyPem() : ec.ExportPkcs8PrivateKeyPem()),
        };
    }

    /// <summary>The same certificate with its key encrypted.</summary>
    internal static TlsCertificateConfig Encrypted(string password)
    {
        using ECDsa key = ECDsa.Create();
        key.ImportFromPem(Encoding.ASCII.GetString(Ecdsa.PrivateKey.Span));
        string pem = key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        return Ecdsa with { PrivateKey = Encoding.ASCII.GetBytes(pem), Password = password };
    }

    /// <summary>The same certificate in one container.</summary>
    internal static TlsCertificateConfig Pkcs12(string password)
    {
        using X509Certificate2 both = X509Certificate2.CreateFromPem(
            Encoding.ASCII.GetString(Ecdsa.Chain.Span), Encoding.ASCII.GetString(Ecdsa.PrivateKey.Span));
        X509Certificate2Collection all = [both, s_ca];
        return new TlsCertificateConfig { Name = "container", Pkcs12 = all.Export(X509ContentType.Pkcs12, password)!, Password = password };
    }

    /// <summary>A list of the authority that revokes this certificate, or none.</summary>
    internal static byte[] Crl(TlsCertificateConfig? revoked)
    {
        CertificateRevocationListBuilder builder = new();
        if (revoked is not null)
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(revoked.Chain.Span));
            builder.AddEntry(certificate, s_from);
        }

        using X509Certificate2 ca = s_ca.CopyWithPrivateKey(s_caKey);
        byte[] der = builder.Build(ca, 1, s_to, HashAlgorithmName.SHA256, thisUpdate: s_from);
        return Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", der) + "\n");
    }

    private static X509Certificate2 MakeCa(ECDsa key, string name)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using X509Certificate2 withKey = request.CreateSelfSigned(s_from, s_to);
        return X509CertificateLoader.LoadCertificate(withKey.RawData);
    }

    private static byte[] Pem(X509Certificate2 certificate) => Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");
}
