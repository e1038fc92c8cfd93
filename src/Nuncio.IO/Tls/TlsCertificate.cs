using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Nuncio.IO.Tls;

/// <summary>One certificate, as its bytes; everything else is read from them when somebody asks.</summary>
/// <remarks>Owner: whoever asked for it; not shared by threads, since it fills itself. RFC 5280; texts are in Envoy's forms.</remarks>
public sealed unsafe class TlsCertificate
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private readonly byte[] _der;
    private string? _subject;
    private string? _issuer;
    private string? _sha256;
    private string? _sha1;
    private X509Certificate2? _parsed;
    private List<TlsAlternativeName>? _names;

    /// <summary>A certificate that lies somewhere as DER.</summary>
    public TlsCertificate(ReadOnlySpan<byte> der)
        : this(der.ToArray())
    {
    }

    /// <summary>Takes the array over.</summary>
    private TlsCertificate(byte[] der) => _der = der;

    /// <summary>The certificate's bytes.</summary>
    public ReadOnlySpan<byte> Der => _der;

    /// <summary>"CN=www.example.com,O=Example" (RFC 2253).</summary>
    public string Subject => _subject ??= ReadName(isIssuer: false);

    /// <summary>The issuer's name (RFC 2253).</summary>
    public string Issuer => _issuer ??= ReadName(isIssuer: true);

    /// <summary>Lower-case hexadecimal.</summary>
    public string SerialNumber => Parsed.SerialNumber.ToLowerInvariant();

    /// <summary>SHA-256 of the bytes, lower-case hexadecimal.</summary>
    public string Sha256Fingerprint => _sha256 ??= Convert.ToHexStringLower(SHA256.HashData(_der));

    /// <summary>SHA-1 of the bytes, lower-case hexadecimal: a name, not a proof.</summary>
    public string Sha1Fingerprint => _sha1 ??= Convert.ToHexStringLower(SHA1.HashData(_der));

    /// <summary>SHA-256 of the subject's public key, for pins (RFC 7469).</summary>
    public byte[] PublicKeySha256 => SHA256.HashData(Parsed.PublicKey.ExportSubjectPublicKeyInfo());

    /// <summary>First moment it is valid, UTC.</summary>
    public DateTime ValidFrom => Parsed.NotBefore.ToUniversalTime();

    /// <summary>Last moment it is valid, UTC.</summary>
    public DateTime ValidTo => Parsed.NotAfter.ToUniversalTime();

    /// <summary>The names it is for beside its subject, in its order; empty when there are none or they cannot be read.</summary>
    public IReadOnlyList<TlsAlternativeName> AlternativeNames => _names ??= ReadAlternativeNames();

    private X509Certificate2 Parsed => _parsed ??= X509CertificateLoader.LoadCertificate(_der);

    /// <summary>PEM with its line ends.</summary>
    public string ToPem() => PemEncoding.WriteString("CERTIFICATE", _der) + "\n";

    /// <summary>A copy of OpenSSL's object; null when there is none.</summary>
    internal static TlsCertificate? Copy(nint certificate)
    {
        int length = certificate == 0 ? 0 : LibCrypto.CertificateToDer(certificate, null);
        if (length <= 0)
        {
            return null;
        }

        byte[] der = new byte[length];
        fixed (byte* start = der)
        {
            byte* at = start;
            LibCrypto.CertificateToDer(certificate, &at);
        }

        return new TlsCertificate(der);
    }

    private string ReadName(bool isIssuer)
    {
        nint certificate;
        fixed (byte* start = _der)
        {
            byte* at = start;
            certificate = LibCrypto.CertificateFromDer(0, &at, _der.Length);
        }

        if (certificate == 0)
        {
            LibCrypto.ClearError();
            return string.Empty;
        }

        nint bio = LibCrypto.BioNew(LibCrypto.BioMemoryMethod());
        nint name = isIssuer ? LibCrypto.CertificateIssuer(certificate) : LibCrypto.CertificateSubject(certificate);
        LibCrypto.NamePrint(bio, name, 0, OpenSslConstants.NameRfc2253);
        byte[] text = new byte[(int)LibCrypto.BioControl(bio, OpenSslConstants.BioControlPending, 0, 0)];
        fixed (byte* into = text)
        {
            LibCrypto.BioRead(bio, into, text.Length);
        }

        LibCrypto.BioFree(bio);
        LibCrypto.CertificateFree(certificate);
        return Encoding.UTF8.GetString(text);
    }

    private List<TlsAlternativeName> ReadAlternativeNames()
    {
        List<TlsAlternativeName> names = [];
        if (Parsed.Extensions[SubjectAlternativeName] is not { } extension)
        {
            return names;
        }

        try
        {
            AsnReader reader = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                ReadAlternativeName(reader, names);
            }
        }
        catch (AsnContentException)
        {
            names.Clear(); // A peer's bytes: what cannot be read matches nothing.
        }

        return names;
    }

    /// <summary>RFC 5280, 4.2.1.6: GeneralName, told apart by its tag.</summary>
    private static void ReadAlternativeName(AsnReader reader, List<TlsAlternativeName> names)
    {
        Asn1Tag tag = reader.PeekTag();
        switch (tag.TagValue)
        {
            case 0:
                AsnReader other = reader.ReadSequence(tag);
                string type = other.ReadObjectIdentifier();
                AsnReader value = new AsnReader(other.ReadEncodedValue(), AsnEncodingRules.DER).ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
                ReadOnlyMemory<byte> content = value.PeekContentBytes();
                names.Add(new TlsAlternativeName(TlsAlternativeNameKind.OtherName, Encoding.UTF8.GetString(content.Span), type));
                break;
            case 1:
                names.Add(new TlsAlternativeName(TlsAlternativeNameKind.Email, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                break;
            case 2:
                names.Add(new TlsAlternativeName(TlsAlternativeNameKind.Dns, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                break;
            case 6:
                names.Add(new TlsAlternativeName(TlsAlternativeNameKind.Uri, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag)));
                break;
            case 7:
                byte[] address = reader.ReadOctetString(tag);
                if (address.Length is 4 or 16)
                {
                    names.Add(new TlsAlternativeName(TlsAlternativeNameKind.Ip, new IPAddress(address).ToString()));
                }

                break;
            default:
                reader.ReadEncodedValue();
                break;
        }
    }
}

/// <summary>One subject alternative name. Immutable.</summary>
/// <param name="Kind">What it names.</param>
/// <param name="Value">The name; an address in its usual form.</param>
/// <param name="Type">The object identifier of another name; else empty.</param>
public readonly record struct TlsAlternativeName(TlsAlternativeNameKind Kind, string Value, string Type = "");

/// <summary>What an alternative name names.</summary>
public enum TlsAlternativeNameKind : byte
{
    Dns,
    Uri,
    Email,
    Ip,
    OtherName,
}
