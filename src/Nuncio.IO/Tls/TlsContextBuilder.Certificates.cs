namespace Nuncio.IO.Tls;

/// <content>What is read from PEM and PKCS#12: own certificates and keys, what is trusted, what is revoked.</content>
internal sealed unsafe partial class TlsContextBuilder
{
    private void AddCertificates()
    {
        foreach (TlsCertificateConfig certificate in _config.Certificates)
        {
            int before = _errors.Count;
            if (certificate.Pkcs12.IsEmpty)
            {
                AddPem(certificate);
            }
            else
            {
                AddPkcs12(certificate);
            }

            if (_errors.Count == before && !certificate.OcspStaple.IsEmpty)
            {
                _staples.Add((LibSsl.ContextGetCertificate(_context), certificate.OcspStaple.ToArray()));
            }
        }
    }

    private void AddPem(TlsCertificateConfig certificate)
    {
        nint own = 0;
        nint key = 0;
        fixed (byte* chainText = certificate.Chain.Span)
        fixed (byte* keyText = certificate.PrivateKey.Span)
        fixed (byte* password = certificate.Password is { } given ? Zero(given) : null)
        {
            nint callback = (nint)(delegate* unmanaged<byte*, int, int, nint, int>)&TlsCallbacks.OnPassword;
            nint chain = LibCrypto.BioNewMemory(chainText, certificate.Chain.Length);
            nint keys = LibCrypto.BioNewMemory(keyText, certificate.PrivateKey.Length);
            own = LibCrypto.PemReadCertificate(chain, 0, callback, 0);
            Check(own != 0, TlsContextPart.Certificate, certificate.Name);
            key = LibCrypto.PemReadPrivateKey(keys, 0, callback, (nint)password);
            Check(key != 0, TlsContextPart.PrivateKey, certificate.Name);
            if (own != 0 && key != 0 && Use(certificate, own, key))
            {
                AddPemChain(chain, callback, certificate.Name);
            }

            LibCrypto.BioFree(chain);
            LibCrypto.BioFree(keys);
        }

        LibCrypto.CertificateFree(own);
        LibCrypto.KeyFree(key);
    }

    private void AddPemChain(nint bio, nint callback, string name)
    {
        while (true)
        {
            nint next = LibCrypto.PemReadCertificate(bio, 0, callback, 0);
            if (next == 0)
            {
                Check(OpenSslErrors.IsEndOfPem(), TlsContextPart.Chain, name);
                LibCrypto.ClearError();
                return;
            }

            AddToChain(next, name);
            LibCrypto.CertificateFree(next);
        }
    }

    private void AddPkcs12(TlsCertificateConfig certificate)
    {
        nint own = 0;
        nint key = 0;
        nint others = 0;
        fixed (byte* bytes = certificate.Pkcs12.Span)
        fixed (byte* password = Zero(certificate.Password ?? string.Empty))
        {
            nint bio = LibCrypto.BioNewMemory(bytes, certificate.Pkcs12.Length);
            nint container = LibCrypto.ReadPkcs12(bio, 0);
            LibCrypto.BioFree(bio);
            bool isGood = container != 0 && LibCrypto.Pkcs12Parse(container, password, &key, &own, &others) == 1;
            Check(isGood, TlsContextPart.Pkcs12, certificate.Name);
            LibCrypto.Pkcs12Free(container);
            if (isGood && (own == 0 || key == 0))
            {
                Add(TlsContextPart.Pkcs12, own == 0 ? "there is no certificate in it" : "there is no private key in it", certificate.Name);
                isGood = false;
            }

            bool isUsed = isGood && Use(certificate, own, key);
            for (int i = 0; others != 0 && i < LibCrypto.StackCount(others); i++)
            {
                nint other = LibCrypto.StackValue(others, i);
                if (isUsed)
                {
                    AddToChain(other, certificate.Name);
                }

                LibCrypto.CertificateFree(other);
            }
        }

        LibCrypto.StackFree(others);
        LibCrypto.CertificateFree(own);
        LibCrypto.KeyFree(key);
    }

    private bool Use(TlsCertificateConfig certificate, nint own, nint key)
    {
        if (LibCrypto.CertificateCheckKey(own, key) != 1)
        {
            Add(TlsContextPart.PrivateKey, "it is not the certificate's: " + OpenSslErrors.TakeReasons(), certificate.Name);
            return false;
        }

        if (LibSsl.ContextUseCertificate(_context, own) != 1)
        {
            Check(false, TlsContextPart.Certificate, certificate.Name);
            return false;
        }

        bool isUsed = LibSsl.ContextUsePrivateKey(_context, key) == 1;
        Check(isUsed, TlsContextPart.PrivateKey, certificate.Name);
        return isUsed;
    }

    /// <summary>To the certificate used last; OpenSSL takes a reference of its own.</summary>
    private void AddToChain(nint certificate, string name) =>
        Check(LibSsl.ContextControl(_context, OpenSslConstants.ControlChainCertificate, 1, certificate) == 1, TlsContextPart.Chain, name);

    private void AddTrusted()
    {
        if (_config.TrustedCa.IsEmpty)
        {
            return;
        }

        nint store = LibSsl.ContextGetStore(_context);
        int count = 0;
        fixed (byte* text = _config.TrustedCa.Span)
        {
            nint bio = LibCrypto.BioNewMemory(text, _config.TrustedCa.Length);
            for (nint one = LibCrypto.PemReadCertificate(bio, 0, 0, 0); one != 0; one = LibCrypto.PemReadCertificate(bio, 0, 0, 0))
            {
                count++;
                Check(LibCrypto.StoreAddCertificate(store, one) == 1, TlsContextPart.TrustedCa);
                if (_config.IsServer && _config.VerifyMode != TlsVerifyMode.None)
                {
                    Check(LibSsl.ContextAddClientCa(_context, one) == 1, TlsContextPart.TrustedCa);
                }

                LibCrypto.CertificateFree(one);
            }

            Check(count > 0 && OpenSslErrors.IsEndOfPem(), TlsContextPart.TrustedCa, count > 0 ? $"certificate {count + 1}" : string.Empty);
            LibCrypto.ClearError();
            LibCrypto.BioFree(bio);
        }
    }

    private void AddCrl()
    {
        if (_config.Crl.IsEmpty)
        {
            return;
        }

        nint store = LibSsl.ContextGetStore(_context);
        int count = 0;
        fixed (byte* text = _config.Crl.Span)
        {
            nint bio = LibCrypto.BioNewMemory(text, _config.Crl.Length);
            for (nint one = LibCrypto.PemReadCrl(bio, 0, 0, 0); one != 0; one = LibCrypto.PemReadCrl(bio, 0, 0, 0))
            {
                count++;
                Check(LibCrypto.StoreAddCrl(store, one) == 1, TlsContextPart.Crl);
                LibCrypto.CrlFree(one);
            }

            Check(count > 0 && OpenSslErrors.IsEndOfPem(), TlsContextPart.Crl, count > 0 ? $"list {count + 1}" : string.Empty);
            LibCrypto.ClearError();
            LibCrypto.BioFree(bio);
        }
    }
}
