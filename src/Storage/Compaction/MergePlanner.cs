namespace Cairn.Storage.Compaction;

/// <summary>Chooses which files of a table merge next, so that few files are opened for any question and a row is rewritten a few times in its life.</summary>
/// <remarks>
/// Files of about one size merge once there are <see cref="MergeLimits.FanIn"/> of them, first among the young of one date, later among those of one hash range of a month; so both the number of
/// files and the number of rewrites grow with the logarithm of what there is. A result past the target is cut into halves of its range, which merge on by themselves: a month of
/// any size is never rewritten whole.
/// </remarks>
static class MergePlanner
{
    /// <summary>The next merges of a table, by month; no file is in two of them.</summary>
    public static IReadOnlyList<MergePlan> Plan(IEnumerable<TableFile> files, DateTimeOffset now, MergeLimits limits)
    {
        var plans = new List<MergePlan>();
        foreach (var month in files.GroupBy(file => file.Month).OrderBy(month => month.Key))
        {
            var young = month.Where(file => file.IsYoung).ToList();
            var closed = young.Where(file => IsClosed(file.Date!.Value, now, limits)).ToList();
            if (ShouldJoinMonth(closed, now, limits))
            {
                var sources = UpTo(closed.OrderBy(file => file.Date).ThenBy(file => file.Path, StringComparer.Ordinal), limits.MaxBytes);
                if (sources.Count > 1) plans.Add(new(MergeReason.ClosedDates, month.Key, null, sources, Targets(HashRange.All, sources, limits)));
                young = [.. young.Except(sources)];
            }
            foreach (var date in young.GroupBy(file => file.Date!.Value).OrderBy(date => date.Key))
                if (OfOneSize(date, limits) is { Count: > 1 } small)
                    plans.Add(new(MergeReason.SmallFiles, month.Key, date.Key, small, [HashRange.All]));
            foreach (var range in month.Where(file => !file.IsYoung).GroupBy(file => file.Range).OrderBy(range => range.Key.First).ThenBy(range => range.Key.Depth))
                if (OfOneSize(range, limits) is { Count: > 1 } sources)
                    plans.Add(new(MergeReason.Ranges, month.Key, null, sources, Targets(range.Key, sources, limits)));
        }
        return plans;
    }

    /// <summary>The rewrites that links ask for: files of which too many rows have another person by now.</summary>
    /// <param name="movedRows">By path, rows whose person is another now; a path that is missing has none.</param>
    public static IReadOnlyList<MergePlan> PlanRewrites(IEnumerable<TableFile> files, IReadOnlyDictionary<string, long> movedRows, MergeLimits limits) =>
        [.. files
            .Where(file => movedRows.GetValueOrDefault(file.Path) > file.Rows * limits.MaxMovedShare)
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => new MergePlan(MergeReason.MovedPersons, file.Month, file.Date, [file], [file.Range]))];

    /// <summary>Whether nothing more of a date is awaited: it ended, by UTC, long enough ago.</summary>
    public static bool IsClosed(DateOnly date, DateTimeOffset now, MergeLimits limits) =>
        now >= new DateTimeOffset(date.AddDays(1).ToDateTime(default), TimeSpan.Zero) + limits.ClosesAfter;

    static bool ShouldJoinMonth(List<TableFile> closed, DateTimeOffset now, MergeLimits limits)
    {
        if (closed.Count < 2) return false;
        return closed.Count >= limits.MaxYoungPerMonth
            || closed.Sum(file => file.Bytes) >= limits.TargetBytes
            || closed.Min(file => file.ModifiedAtMs) <= (now - limits.YoungFor).ToUnixTimeMilliseconds();
    }

    /// <summary>The smallest files of about one size, once there are enough; empty before.</summary>
    static List<TableFile> OfOneSize(IEnumerable<TableFile> files, MergeLimits limits)
    {
        var bySize = files.Where(file => file.Bytes < limits.MaxBytes / 2).OrderBy(file => file.Bytes).ThenBy(file => file.Path, StringComparer.Ordinal).ToList();
        // The first size up to which there are enough: everything smaller comes along for free.
        for (var enough = limits.FanIn; enough <= bySize.Count; enough++)
        {
            var size = SizeClass(bySize[enough - 1], limits);
            if (enough < bySize.Count && SizeClass(bySize[enough], limits) == size) continue;
            if (SizeClass(bySize[enough - limits.FanIn], limits) < size - 1) continue;
            return UpTo(bySize.Take(enough), limits.MaxBytes);
        }
        return [];
    }

    /// <summary>Which power of four a file's size is.</summary>
    static int SizeClass(TableFile file, MergeLimits limits)
    {
        var size = 0;
        for (var bytes = file.Bytes / limits.SmallestBytes; bytes > 0; bytes /= 4) size++;
        return size;
    }

    static List<TableFile> UpTo(IEnumerable<TableFile> files, long maxBytes)
    {
        var taken = new List<TableFile>();
        var bytes = 0L;
        foreach (var file in files)
        {
            if (taken.Count > 1 && bytes + file.Bytes > maxBytes) break;
            bytes += file.Bytes;
            taken.Add(file);
        }
        return taken;
    }

    static List<HashRange> Targets(HashRange range, List<TableFile> sources, MergeLimits limits)
    {
        var halvings = 0;
        for (var bytes = sources.Sum(file => file.Bytes); bytes > limits.TargetBytes && range.Depth + halvings < HashRange.MaxDepth; bytes /= 2) halvings++;
        return [.. range.Split(halvings)];
    }
}
