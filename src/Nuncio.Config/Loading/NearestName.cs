namespace Nuncio.Config.Loading;

/// <summary>Finds the valid name that a wrong one was probably meant to be. Stateless.</summary>
public static class NearestName
{
    // Longer names cost quadratic time and are no typing mistakes.
    private const int LongestName = 128;

    /// <summary>The candidate closest to <paramref name="name"/>, or null when none is close enough to be a slip of the hand.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        string? best = null;
        int bestDistance = Math.Max(2, name.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            if (candidate.Length <= LongestName && Math.Abs(candidate.Length - name.Length) < bestDistance)
            {
                int distance = Distance(name, candidate);
                if (distance < bestDistance)
                {
                    (best, bestDistance) = (candidate, distance);
                }
            }
        }

        return bestDistance < Math.Max(name.Length, 2) ? best : null;
    }

    /// <summary>The sentence that proposes <see cref="Find"/>'s result; empty when there is none.</summary>
    public static string Suggest(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } best ? $"; did you mean \"{best}\"?" : "";

    /// <summary>Levenshtein distance, letters compared without case and <c>-</c> as <c>_</c>.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = diagonal + (Fold(a[i - 1]) == Fold(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitute, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }

    private static char Fold(char c) => c == '-' ? '_' : char.ToLowerInvariant(c);
}
