using System.Text;

namespace Nuncio.Server.Admin;

/// <summary>A body made of many texts, each made when its turn comes. Ends with the sequence.</summary>
internal sealed class PiecesReply(IEnumerable<string> pieces, string contentType, int status = 200) : AdminReply(status, contentType)
{
    private readonly IEnumerator<string> _pieces = pieces.GetEnumerator();

    /// <inheritdoc/>
    internal override bool Write(Buffer into, int enough)
    {
        int until = into.Length + enough;
        while (into.Length < until)
        {
            if (!_pieces.MoveNext())
            {
                _pieces.Dispose();
                return true;
            }

            into.Append(Encoding.UTF8.GetBytes(_pieces.Current));
        }

        return false;
    }
}
