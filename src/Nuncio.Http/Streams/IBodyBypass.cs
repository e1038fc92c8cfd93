namespace Nuncio.Http.Streams;

/// <summary>
/// A stream whose body lies on the connection as it is, so that the bytes may go past the codec inside the kernel. Implemented by
/// codec streams next to <see cref="IStreamControl"/>; a stream that has no such body says 0.
/// </summary>
public interface IBodyBypass
{
    /// <summary>Body bytes still to come (client) or to be sent (server) that are framed by nothing; 0 for any other body.</summary>
    long RawBodyLeft { get; }

    /// <summary>So many of them went past the codec; at least one is always left to it, so that it sees the end.</summary>
    void SkipBody(int bytes);
}
