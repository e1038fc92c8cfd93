namespace Nuncio.Core.RateLimiting;

/// <summary>
/// Token buckets that several filters share by a key. A bucket lives as long as a filter holds it, so that a listener that is changed
/// and keeps its key and bucket goes on where it was.
/// </summary>
/// <remarks>Owner: the main thread. One per process.</remarks>
public sealed class SharedTokenBuckets
{
    private readonly Dictionary<(string Key, TokenBucketConfig Config), WeakReference<TokenBucket>> _buckets = [];

    /// <summary>The bucket of this key and configuration; a new one where the key is empty or nobody holds it.</summary>
    public TokenBucket Get(string key, TokenBucketConfig config)
    {
        if (key.Length == 0)
        {
            return new TokenBucket(config);
        }

        if (_buckets.TryGetValue((key, config), out WeakReference<TokenBucket>? known) && known.TryGetTarget(out TokenBucket? bucket))
        {
            return bucket;
        }

        RemoveDead();
        bucket = new TokenBucket(config);
        _buckets[(key, config)] = new WeakReference<TokenBucket>(bucket);
        return bucket;
    }

    private void RemoveDead()
    {
        foreach (((string Key, TokenBucketConfig Config) key, WeakReference<TokenBucket> bucket) in _buckets)
        {
            if (!bucket.TryGetTarget(out _))
            {
                _buckets.Remove(key);
            }
        }
    }
}
