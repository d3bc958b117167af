namespace Cairn.Storage.Compaction;

/// <summary>Which copies of one thing stay: the first received, and where a key counts only for a time, the first after it.</summary>
/// <remarks>Sources: Mixpanel docs, "Event Deduplication"; Amplitude docs, "HTTP V2 API", "Event deduplication".</remarks>
static class DuplicateRule
{
    /// <param name="receivedAtMs">The copies' receipts, ascending.</param>
    /// <param name="windowMs">How long a copy that stays keeps others out; <see cref="long.MaxValue"/> for good.</param>
    /// <param name="stays">Set for each copy.</param>
    public static void Judge(ReadOnlySpan<long> receivedAtMs, long windowMs, Span<bool> stays)
    {
        var last = -1;
        for (var i = 0; i < receivedAtMs.Length; i++)
        {
            // A copy that is dropped keeps nobody out.
            stays[i] = last < 0 || receivedAtMs[i] - receivedAtMs[last] >= windowMs;
            if (stays[i]) last = i;
        }
    }
}
