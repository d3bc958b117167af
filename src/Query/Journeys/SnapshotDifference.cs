using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>What a snapshot has that an older one had not, and what is gone.</summary>
sealed class SnapshotDifference
{
    readonly Dictionary<string, RowSet> gone = new(StringComparer.Ordinal);

    public SnapshotDifference(IReadOnlyList<PartRows> before, IReadOnlyList<PartRows> now)
    {
        var known = before.ToDictionary(rows => rows.Part.Key, StringComparer.Ordinal);
        var added = new List<PartRows>();
        foreach (var rows in now)
        {
            if (!known.Remove(rows.Part.Key, out var older)) Add(rows);
            else if (!ReferenceEquals(older.Live, rows.Live) && !older.Live.Words.SequenceEqual(rows.Live.Words))
            {
                Add(rows with { Live = rows.Live.Without(PartReader.RowsOf(older.Live)) });
                var lost = older.Live.Without(PartReader.RowsOf(rows.Live));
                if (lost.Count > 0) gone.Add(rows.Part.Key, lost);
            }
        }
        foreach (var rows in known.Values)
            if (rows.Live.Count > 0) gone.Add(rows.Part.Key, rows.Live);
        Added = added;

        void Add(PartRows rows)
        {
            if (rows.Live.Count > 0) added.Add(rows);
        }
    }

    /// <summary>Rows that count now and did not.</summary>
    public IReadOnlyList<PartRows> Added { get; }

    /// <summary>Rows that counted and do not, by part.</summary>
    public IReadOnlyDictionary<string, RowSet> Gone => gone;

    /// <summary>Whether two lists are of the same parts, in the same order, with the same rows: most reports find nothing new.</summary>
    public static bool AreSame(IReadOnlyList<PartRows> x, IReadOnlyList<PartRows> y)
    {
        if (x.Count != y.Count) return false;
        for (var i = 0; i < x.Count; i++)
            if (x[i].Part.Key != y[i].Part.Key || !ReferenceEquals(x[i].Live, y[i].Live) && !x[i].Live.Words.SequenceEqual(y[i].Live.Words)) return false;
        return true;
    }

    public long RowCount => Added.Sum(rows => (long)rows.Live.Count) + gone.Values.Sum(rows => (long)rows.Count);
}
