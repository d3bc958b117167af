using Cairn.Storage.Recent;

namespace Cairn.Projects.Aggregates;

/// <summary>How far each partition's rows of one kind have come, by "stream/partition".</summary>
static class SeenMessages
{
    /// <summary>What was seen before and what has come since, whether the lake has taken it or not.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> SinceAsync(
        this IArrivals arrivals, string projectId, string kind, IReadOnlyDictionary<string, long> before, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, long>(before, StringComparer.Ordinal);
        void Note(string stream, long seq) => seen[stream] = Math.Max(seq, seen.GetValueOrDefault(stream, -1));
        await foreach (var _ in arrivals.ListAsync(projectId, kind, IsNoted, cancellationToken))
        {
        }
        foreach (var (stream, place) in await arrivals.PassedAsync(projectId, kind, cancellationToken)) Note(stream, place);
        return seen;

        // Files' names tell enough.
        bool IsNoted(RecentFileName name)
        {
            Note(IArrivals.StreamOf(name.StreamId, name.Partition), name.LastSeq);
            return false;
        }
    }

    public static bool AreSame(IReadOnlyDictionary<string, long> one, IReadOnlyDictionary<string, long> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var seq) && seq == pair.Value);
}
