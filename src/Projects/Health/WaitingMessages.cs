namespace Cairn.Projects.Health;

/// <summary>For how long each partition's messages have waited to be stored, as far as one who looks now and then can tell.</summary>
/// <remarks>
/// Remembers of each partition that is behind up to where it had to come when it was first seen so, and since when. Once it is stored up to there, what is behind now is younger. So a partition that
/// always has something on its way is not late, and one whose owner is stuck is late from the first look on. Not thread-safe.
/// </remarks>
sealed class WaitingMessages
{
    readonly Dictionary<(string StreamId, int Partition), (long Seq, DateTimeOffset Since)> behind = [];

    /// <summary>Looks at a partition.</summary>
    /// <param name="lastSeq">Of the last message sent.</param>
    /// <param name="storedSeq">Up to where it is stored.</param>
    /// <returns>For how long at least some message has waited; zero where none does.</returns>
    public TimeSpan Look(string streamId, int partition, long lastSeq, long storedSeq, DateTimeOffset now)
    {
        var key = (streamId, partition);
        if (storedSeq >= lastSeq)
        {
            behind.Remove(key);
            return TimeSpan.Zero;
        }
        if (!behind.TryGetValue(key, out var first) || storedSeq >= first.Seq) behind[key] = first = (lastSeq, now);
        return now - first.Since;
    }
}
