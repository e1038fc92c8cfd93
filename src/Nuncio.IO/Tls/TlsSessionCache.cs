namespace Nuncio.IO.Tls;

/// <summary>Sessions that client connections to one upstream may resume, the newest first (Envoy: <c>max_session_keys</c>).</summary>
/// <remarks>
/// Owner: one worker; made with the cluster's worker side, ended with it. Holds a reference of OpenSSL on each. A TLS 1.3 session is
/// used once (RFC 8446, appendix C.4), others as often as the server likes.
/// </remarks>
public sealed class TlsSessionCache : IDisposable
{
    private readonly List<nint> _sessions = [];
    private readonly int _capacity;

    /// <param name="capacity">Sessions kept; 0 resumes none.</param>
    public TlsSessionCache(int capacity) => _capacity = capacity;

    /// <summary>What was forgotten to dispose of is given back by the collector.</summary>
    ~TlsSessionCache() => Clear();

    /// <summary>Sessions kept now.</summary>
    public int Count => _sessions.Count;

    /// <summary>Forgets all.</summary>
    public void Dispose()
    {
        Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes over the reference when it answers true.</summary>
    internal bool Add(nint session)
    {
        if (_capacity == 0)
        {
            return false;
        }

        if (_sessions.Count == _capacity)
        {
            LibSsl.SessionFree(_sessions[0]);
            _sessions.RemoveAt(0);
        }

        _sessions.Add(session);
        return true;
    }

    /// <summary>Offers the newest session in the handshake to come.</summary>
    internal void Use(nint ssl)
    {
        while (_sessions.Count > 0)
        {
            nint session = _sessions[^1];
            bool isGood = LibSsl.SessionIsResumable(session) == 1 && LibSsl.SetSession(ssl, session) == 1;
            if (!isGood || LibSsl.SessionVersion(session) == OpenSslConstants.Tls13)
            {
                _sessions.RemoveAt(_sessions.Count - 1);
                LibSsl.SessionFree(session);
            }

            if (isGood)
            {
                return;
            }
        }
    }

    /// <summary>
    /// The handshake has resumed a session. Up to TLS 1.2 the server may have given a newer ticket for it, of which OpenSSL tells nobody.
    /// </summary>
    internal void Renew(nint ssl)
    {
        nint session = LibSsl.GetSessionReference(ssl);
        if (session == 0 || LibSsl.SessionVersion(session) == OpenSslConstants.Tls13 || _sessions.Contains(session) || !Add(session))
        {
            LibSsl.SessionFree(session);
        }
    }

    private void Clear()
    {
        foreach (nint session in _sessions)
        {
            LibSsl.SessionFree(session);
        }

        _sessions.Clear();
    }
}
