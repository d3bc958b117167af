namespace Cairn.Storage.Compaction;

/// <summary>When a table's watermarks were seen to have passed which places: tells which recent files nobody can still be reading.</summary>
/// <param name="Marks">In the order seen.</param>
/// <remarks>
/// The log says how far a table is and not since when it has been past a place, for its places move with every commit. So whoever looks after the table notes what it sees, later than it
/// was but never earlier.
/// </remarks>
public sealed record PassedPlaces(IReadOnlyList<PassedPlace> Marks)
{
    public static PassedPlaces None { get; } = new([]);

    /// <summary>With what a table's log says now.</summary>
    /// <param name="places">By app id, the last seq the table holds.</param>
    /// <param name="keptFor">How long a recent file stays after the table passed it.</param>
    public PassedPlaces With(IEnumerable<KeyValuePair<string, long>> places, DateTimeOffset now, TimeSpan keptFor)
    {
        var marks = new List<PassedPlace>(Marks);
        foreach (var (appId, seq) in places.OrderBy(place => place.Key, StringComparer.Ordinal))
            if (!marks.Exists(mark => mark.AppId == appId && mark.Seq >= seq)) marks.Add(new(appId, seq, now.ToUnixTimeMilliseconds()));
        // Of those past the time only the highest of each partition says anything.
        var before = (now - keptFor).ToUnixTimeMilliseconds();
        var highest = marks.Where(mark => mark.SeenAtMs <= before).GroupBy(mark => mark.AppId, StringComparer.Ordinal).ToDictionary(partition => partition.Key, partition => partition.Max(mark => mark.Seq), StringComparer.Ordinal);
        marks.RemoveAll(mark => mark.SeenAtMs <= before && mark.Seq < highest[mark.AppId]);
        return marks.SequenceEqual(Marks) ? this : new(marks);
    }

    /// <summary>The files of which every row has been in the table for that long.</summary>
    public IEnumerable<ListedRecentFile> Deletable(IEnumerable<ListedRecentFile> files, DateTimeOffset now, TimeSpan keptFor)
    {
        var before = (now - keptFor).ToUnixTimeMilliseconds();
        var upTo = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var mark in Marks)
            if (mark.SeenAtMs <= before) upTo[mark.AppId] = Math.Max(mark.Seq, upTo.GetValueOrDefault(mark.AppId, long.MinValue));
        return files.Where(file => upTo.TryGetValue(file.AppId, out var seq) && file.Name.LastSeq <= seq);
    }
}

/// <summary>A table holds a stream's partition up to a message.</summary>
/// <param name="SeenAtMs">When that was first seen, Unix milliseconds.</param>
public readonly record struct PassedPlace(string AppId, long Seq, long SeenAtMs);
