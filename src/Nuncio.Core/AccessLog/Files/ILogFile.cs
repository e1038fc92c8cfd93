namespace Nuncio.Core.AccessLog.Files;

/// <summary>An open log file. Owner: the flusher's thread, once opened.</summary>
public interface ILogFile : IDisposable
{
    /// <summary>Appends all bytes; may block. False when not all could be written: the rest is lost.</summary>
    bool Write(ReadOnlySpan<byte> bytes);
}
