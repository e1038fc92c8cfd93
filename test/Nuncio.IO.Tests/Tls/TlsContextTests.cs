using System.Text;
using Nuncio.IO.Network;
using Nuncio.IO.Tls;

namespace Nuncio.IO.Tests.Tls;

public sealed class TlsContextTests
{
    [Fact]
    public void Library_SaysItsVersion()
    {
        Assert.SkipUnless(OpenSslLibrary.IsAvailable, OpenSslLibrary.Problem ?? string.Empty);
        Assert.StartsWith("OpenSSL 3", OpenSslLibrary.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOfAnotherCertificate_IsRefusedByName() =>
        AssertError(
            TlsPair.Server with { Certificates = [TestCertificates.Ecdsa with { PrivateKey = TestCertificates.Client.PrivateKey }] },
            "private key of 'www.example.com': it is not the certificate's: key values mismatch");

    [Fact]
    public void KeyOfAnotherKind_IsRefusedByName() =>
        AssertError(
            TlsPair.Server with { Certificates = [TestCertificates.Ecdsa with { PrivateKey = TestCertificates.Rsa.PrivateKey }] },
            "private key of 'www.example.com': it is not the certificate's: different key types");

    [Fact]
    public void NoPem_SaysWhichPart() =>
        AssertError(
            TlsPair.Server with { Certificates = [new TlsCertificateConfig { Name = "x", Chain = "hello"u8.ToArray(), PrivateKey = "hello"u8.ToArray() }] },
            "certificate of 'x': no start line", "private key of 'x': unsupported");

    [Fact]
    public void DamagedChain_SaysWhichPart() =>
        AssertError(
            TlsPair.Server with
            {
                Certificates = [TestCertificates.Ecdsa with { Chain = Join(TestCertificates.Ecdsa.Chain, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") }],
            },
            "certificate chain of 'www.example.com': ");

    [Fact]
    public void EncryptedKey_NeedsItsPassword()
    {
        TlsCertificateConfig encrypted = TestCertificates.Encrypted("secret");
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { Certificates = [encrypted] }));
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        AssertError(TlsPair.Server with { Certificates = [encrypted with { Password = "wrong" }] }, "private key of 'www.example.com': ");
        AssertError(TlsPair.Server with { Certificates = [encrypted with { Password = null }] }, "private key of 'www.example.com': ");
    }

    [Fact]
    public void Pkcs12_HasCertificateKeyAndChain()
    {
        TlsCertificateConfig container = TestCertificates.Pkcs12("secret");
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { Certificates = [container] }));
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        Assert.Equal(2, pair.ClientTls.Negotiated!.PeerChain.Count);
        AssertError(TlsPair.Server with { Certificates = [container with { Password = "wrong" }] }, "PKCS#12 container of 'container': mac verify failure");
        AssertError(TlsPair.Server with { Certificates = [container with { Pkcs12 = new byte[100] }] }, "PKCS#12 container of 'container': ");
    }

    [Fact]
    public void WrongWords_EachIsAnErrorOfItsPart() =>
        AssertError(
            TlsPair.Server with
            {
                MinimumVersion = TlsVersion.Tls13,
                MaximumVersion = TlsVersion.Tls12,
                CipherList = "NO-SUCH-CIPHER",
                Groups = "P-1",
                SignatureAlgorithms = "none",
                AlpnProtocols = [""],
                TicketKeys = [new byte[48]],
                SessionIdContext = new byte[33],
                TrustedCa = "x"u8.ToArray(),
                Crl = "x"u8.ToArray(),
            },
            "protocol versions: the oldest", "cipher suites of 'NO-SUCH-CIPHER': no cipher match", "key exchange groups of 'P-1': ",
            "signature algorithms of 'none': ", "application protocols: ", "session resumption: a session ticket key has 48 bytes; it must have 80",
            "session resumption: the session id context has 33 bytes", "trusted CA: no start line", "revocation list: no start line");

    [Fact]
    public void RsaAndEcdsa_ThePeersAlgorithmsDecide()
    {
        TlsContext both = TlsPair.Tls(TlsPair.Server with { Certificates = [TestCertificates.Rsa, TestCertificates.Ecdsa] });
        using TlsPair modern = new(both);
        Assert.Equal(256, KeySize(modern.Connect()));
        using TlsPair old = new(both, TlsPair.Tls(TlsPair.Client with { SignatureAlgorithms = "RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384" }));
        Assert.True(KeySize(old.Connect()) > 1024);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, "ECDHE-ECDSA-CHACHA20-POLY1305", null)]
    [InlineData(TlsVersion.Tls13, null, "TLS_CHACHA20_POLY1305_SHA256")]
    public void Ciphers_AreWhatWasConfigured(TlsVersion version, string? list, string? suites)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { MaximumVersion = version, CipherList = list, CipherSuites = suites }));
        Assert.Equal(list ?? suites, pair.Connect().ServerTls.Negotiated!.Cipher);
    }

    [Fact]
    public void NoVersionInCommon_BothSay()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { MinimumVersion = TlsVersion.Tls13 }), TlsPair.Tls(TlsPair.Client with { MaximumVersion = TlsVersion.Tls12 }));
        pair.Connect();
        Assert.Contains(":UNSUPPORTED_PROTOCOL:TLS_error_end", pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.Contains("TLSV1_ALERT_PROTOCOL_VERSION", pair.ClientConnection.TransportFailureReason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "h2", "http/1.1" }, new[] { "http/1.1", "h2" }, "h2")]
    [InlineData(new[] { "h2" }, new[] { "http/1.1" }, "")]
    [InlineData(new string[0], new[] { "h2" }, "")]
    public void Alpn_TheServersOrderDecides(string[] server, string[] client, string agreed)
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { AlpnProtocols = server }), TlsPair.Tls(TlsPair.Client with { AlpnProtocols = client }));
        pair.Connect();
        Assert.Equal(agreed, pair.ServerTls.Protocol);
        Assert.Equal(agreed, pair.ClientTls.Protocol);
    }

    [Fact]
    public void AlpnOverride_TakesTheContextsPlace()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { AlpnProtocols = ["h2", "http/1.1"] }), TlsPair.Tls(TlsPair.Client with { AlpnProtocols = ["h2"] }));
        pair.Alpn = ["http/1.1"];
        Assert.Equal("http/1.1", pair.Connect().ServerTls.Protocol);
    }

    [Fact]
    public void ServerName_SelectsTheContext()
    {
        TlsContext other = TlsPair.Tls(TlsPair.Server with { Certificates = [TestCertificates.Issue("other.example.com", isRsa: false)], AlpnProtocols = ["other"] });
        TlsContext first = TlsPair.Tls(TlsPair.Server with { Selector = new OneName("other.example.com", other), AlpnProtocols = ["first"] });
        TlsContext client = TlsPair.Tls(TlsPair.Client with { AlpnProtocols = ["first", "other"] });
        using TlsPair named = new(first, client) { ServerName = "Other.example.com" };
        named.Connect();
        Assert.Equal("CN=other.example.com,O=Nuncio", named.ClientTls.Negotiated!.PeerCertificate!.Subject);
        Assert.Equal("other", named.ServerTls.Protocol);
        Assert.Same(other, named.ServerTls.Context);
        Assert.Equal("other.example.com", named.ServerTls.Negotiated!.ServerName);
        using TlsPair unnamed = new(first, client) { ServerName = null };
        unnamed.Connect();
        Assert.Equal("CN=www.example.com,O=Nuncio", unnamed.ClientTls.Negotiated!.PeerCertificate!.Subject);
        Assert.Equal("first", unnamed.ServerTls.Protocol);
    }

    [Fact]
    public void ClientCertificate_IsVerifiedAndKeptAfterTheEnd()
    {
        TlsContextConfig server = TlsPair.Server with { TrustedCa = TestCertificates.CaPem, VerifyMode = TlsVerifyMode.Required };
        using TlsPair pair = new(TlsPair.Tls(server), TlsPair.Tls(TlsPair.Client with { Certificates = [TestCertificates.Client] }));
        pair.Connect();
        Assert.True(pair.ServerTls.Negotiated!.IsPeerVerified);
        pair.ClientConnection.Close(ConnectionCloseType.NoFlush, "test");
        pair.Loop.RunUntilIdle();
        TlsCertificate peer = pair.ServerTls.Negotiated!.PeerCertificate!;
        Assert.Equal("CN=client.example.com,O=Nuncio", peer.Subject);
        Assert.Equal("CN=Test CA,O=Nuncio", peer.Issuer);
        Assert.Equal("0abc0112", peer.SerialNumber);
        Assert.Equal(64, peer.Sha256Fingerprint.Length);
        Assert.Equal(40, peer.Sha1Fingerprint.Length);
        Assert.Equal(new DateTime(2090, 1, 1), peer.ValidTo);
        Assert.Equal(
            [
                "Dns:client.example.com", "Uri:spiffe://example/client.example.com", "Email:admin@client.example.com", "Ip:10.1.2.3", "Ip:fe80::1",
            ],
            peer.AlternativeNames.Select(n => $"{n.Kind}:{n.Value}").Order(KindOrder.Instance));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----\n", peer.ToPem(), StringComparison.Ordinal);
    }

    [Fact]
    public void RequiredCertificateMissing_FailsWithEnvoysWords()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { TrustedCa = TestCertificates.CaPem, VerifyMode = TlsVerifyMode.Required }));
        pair.Connect();
        Assert.EndsWith(
            ":PEER_DID_NOT_RETURN_A_CERTIFICATE:peer did not provide required client certificate:TLS_error_end",
            pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.Equal(TlsFailureKind.NoCertificate, pair.ServerTls.FailureKind);
        Assert.Contains("ALERT", pair.ClientConnection.TransportFailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionalCertificateMissing_IsFine()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { TrustedCa = TestCertificates.CaPem, VerifyMode = TlsVerifyMode.Optional }));
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        Assert.False(pair.ServerTls.Negotiated!.IsPeerVerified);
    }

    [Fact]
    public void UntrustedServer_FailsWithDepthAndNames()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(TlsPair.Client with { TrustedCa = TestCertificates.OtherCaPem }));
        pair.Connect();
        Assert.EndsWith(
            ":CERTIFICATE_VERIFY_FAILED:verify cert failed: unable to get local issuer certificate at depth 0 " +
            "(subject 'CN=www.example.com,O=Nuncio', issuer 'CN=Test CA,O=Nuncio'):TLS_error_end",
            pair.ClientConnection.TransportFailureReason, StringComparison.Ordinal);
        Assert.Equal(TlsFailureKind.CertificateRefused, pair.ClientTls.FailureKind);
        Assert.Contains("TLSV1_ALERT_UNKNOWN_CA", pair.ServerConnection.TransportFailureReason, StringComparison.Ordinal);
    }

    [Fact]
    public void ExpiredServer_FailsUnlessAllowed()
    {
        TlsContext server = TlsPair.Tls(TlsPair.Server with { Certificates = [TestCertificates.Expired] });
        using TlsPair strict = new(server);
        Assert.Contains("certificate has expired", strict.Connect().ClientConnection.TransportFailureReason, StringComparison.Ordinal);
        using TlsPair lenient = new(server, TlsPair.Tls(TlsPair.Client with { AllowExpired = true }));
        Assert.Equal("x", lenient.Connect().RoundTrip("x"));
    }

    [Fact]
    public void RevokedServer_Fails()
    {
        TlsContextConfig client = TlsPair.Client with { OnlyVerifyLeafCrl = true };
        using TlsPair revoked = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(client with { Crl = TestCertificates.Crl(TestCertificates.Ecdsa) }));
        Assert.Contains("certificate revoked", revoked.Connect().ClientConnection.TransportFailureReason, StringComparison.Ordinal);
        using TlsPair good = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(client with { Crl = TestCertificates.Crl(TestCertificates.Client) }));
        Assert.Equal("x", good.Connect().RoundTrip("x"));
    }

    [Fact]
    public void NothingTrusted_ServerIsNotVerified()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(new TlsContextConfig { IsServer = false }));
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        Assert.False(pair.ClientTls.Negotiated!.IsPeerVerified);
    }

    [Fact]
    public void Verifier_HasTheLastWord()
    {
        NameVerifier verifier = new("www.example.com");
        using TlsPair good = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(TlsPair.Client with { Verifier = verifier }));
        Assert.Equal("x", good.Connect().RoundTrip("x"));
        using TlsPair bad = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(TlsPair.Client with { Verifier = new NameVerifier("another") }));
        Assert.EndsWith(":CERTIFICATE_VERIFY_FAILED:verify cert failed: SAN matcher:TLS_error_end", bad.Connect().ClientConnection.TransportFailureReason, StringComparison.Ordinal);
        using TlsPair untrusted = new(TlsPair.Tls(TlsPair.Server), TlsPair.Tls(TlsPair.Client with { Verifier = verifier, TrustedCa = TestCertificates.OtherCaPem }));
        Assert.Equal("x", untrusted.Connect().RoundTrip("x"));
        Assert.Equal("verify cert failed: unable to get local issuer certificate", verifier.LastChainError![..58]);
        Assert.False(untrusted.ClientTls.Negotiated!.IsPeerVerified);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12, true, false)]
    [InlineData(TlsVersion.Tls12, false, true)]
    [InlineData(TlsVersion.Tls13, true, false)]
    [InlineData(TlsVersion.Tls13, false, true)]
    public void Session_IsResumed(TlsVersion version, bool stateless, bool stateful)
    {
        TlsContextConfig server = TlsPair.Server with { MaximumVersion = version, StatelessResumption = stateless, StatefulResumption = stateful };
        using TlsSessionCache sessions = new(2);
        using TlsPair pair = new(TlsPair.Tls(server)) { Sessions = sessions };
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        Assert.False(pair.ServerTls.Negotiated!.IsResumed);
        Assert.InRange(sessions.Count, 1, 2);
        pair.ClientConnection.Close(ConnectionCloseType.NoFlush, "test");
        pair.Loop.RunUntilIdle();
        Assert.Equal("y", pair.Connect().RoundTrip("y"));
        Assert.True(pair.ServerTls.Negotiated!.IsResumed);
        Assert.True(pair.ClientTls.Negotiated!.IsResumed);
        Assert.True(pair.ClientTls.Negotiated.IsPeerVerified);
        Assert.NotEmpty(pair.ClientTls.Negotiated.SessionId);
    }

    [Fact]
    public void NoResumption_NoSessionIsGiven()
    {
        using TlsSessionCache sessions = new(2);
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { StatelessResumption = false, StatefulResumption = false })) { Sessions = sessions };
        pair.Connect();
        Assert.Equal(0, sessions.Count);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void TicketKeys_OpenTicketsOfAnotherContextAndOfOlderKeys(TlsVersion version)
    {
        byte[] old = Key(1);
        TlsContextConfig config = TlsPair.Server with { MaximumVersion = version, TicketKeys = [old] };
        using TlsSessionCache sessions = new(4);
        using TlsPair pair = new(TlsPair.Tls(config)) { Sessions = sessions };
        pair.Connect().RoundTrip("x");
        pair.ServerContext = TlsPair.Tls(config with { TicketKeys = [Key(2), old] });
        pair.Connect().RoundTrip("x");
        Assert.True(pair.ServerTls.Negotiated!.IsResumed);
        pair.ServerContext = TlsPair.Tls(config with { TicketKeys = [Key(2)] });
        pair.Connect().RoundTrip("x");
        Assert.True(pair.ServerTls.Negotiated!.IsResumed);
        pair.ServerContext = TlsPair.Tls(config with { TicketKeys = [Key(3)] });
        Assert.Equal("x", pair.Connect().RoundTrip("x"));
        Assert.False(pair.ServerTls.Negotiated!.IsResumed);
    }

    [Fact]
    public void KeyLog_HasTheSecretsOfTheConnection()
    {
        Lines log = new();
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server with { KeyLog = log }));
        pair.Connect();
        Assert.Contains(log.All, l => l.StartsWith("CLIENT_TRAFFIC_SECRET_0 ", StringComparison.Ordinal));
        Assert.Same(pair.ServerConnection, log.Connection);
    }

    [Fact]
    public void Context_MayEndBeforeItsConnections()
    {
        using TlsPair pair = new(TlsPair.Tls(TlsPair.Server));
        pair.Connect();
        pair.ServerContext.Dispose();
        pair.ClientContext.Dispose();
        Assert.Equal("x", pair.RoundTrip("x"));
    }

    private static int KeySize(TlsPair pair)
    {
        Assert.Null(pair.ClientConnection.TransportFailureReason);
        using System.Security.Cryptography.X509Certificates.X509Certificate2 certificate =
            System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(pair.ClientTls.Negotiated!.PeerCertificate!.Der);
        return certificate.PublicKey.GetRSAPublicKey()?.KeySize ?? certificate.PublicKey.GetECDsaPublicKey()!.KeySize;
    }

    private static byte[] Key(byte value) => [.. Enumerable.Repeat(value, 80)];

    private static byte[] Join(ReadOnlyMemory<byte> first, string second) => [.. first.Span, .. Encoding.ASCII.GetBytes(second)];

    private static void AssertError(TlsContextConfig config, params string[] starts)
    {
        Assert.SkipUnless(OpenSslLibrary.IsAvailable, OpenSslLibrary.Problem ?? string.Empty);
        List<TlsContextError> errors = [];
        Assert.Null(TlsContext.TryCreate(config, errors));
        Assert.Equal(starts.Length, errors.Count);
        for (int i = 0; i < starts.Length; i++)
        {
            Assert.Contains(errors, e => e.ToString().StartsWith(starts[i], StringComparison.Ordinal) && e.Reason.Length > 0);
        }
    }

    private sealed class OneName(string name, TlsContext context) : ITlsContextSelector
    {
        public TlsContext? Select(ReadOnlySpan<byte> serverName) => Ascii.EqualsIgnoreCase(serverName, name) ? context : null;
    }

    private sealed class NameVerifier(string name) : ITlsPeerVerifier
    {
        internal string? LastChainError { get; private set; }

        public bool Verify(TlsTransportSocket socket, TlsCertificate peer, string? chainError, out string? error)
        {
            LastChainError = chainError;
            bool matches = peer.AlternativeNames.Any(n => n.Value == name);
            error = matches ? null : "verify cert failed: SAN matcher";
            return matches;
        }
    }

    private sealed class Lines : ITlsKeyLog
    {
        internal List<string> All { get; } = [];

        internal Connection? Connection { get; private set; }

        public void Write(Connection connection, ReadOnlySpan<byte> line)
        {
            Connection = connection;
            All.Add(Encoding.ASCII.GetString(line));
        }
    }

    /// <summary>The builder of .NET writes the names in its own order.</summary>
    private sealed class KindOrder : IComparer<string>
    {
        internal static readonly KindOrder Instance = new();

        public int Compare(string? x, string? y) => Rank(x!).CompareTo(Rank(y!));

        private static int Rank(string name) => "DUEI".IndexOf(name[0], StringComparison.Ordinal);
    }
}
