namespace Cairn.Storage.Compaction;

/// <summary>Chooses which files of a table merge next, so that few files are opened for any question and a row is rewritten a few times in its life.</summary>
/// <remarks>
/// A run is a file, or the files of different persons that one merge made. Runs of about one size merge once there are <see cref="MergeLimits.FanIn"/> of them, first among
/// the young files of one date, later among the merged ones of one month; so both the number of runs and the number of rewrites grow with the logarithm of what there is.
/// A run of half of <see cref="MergeLimits.MaxBytes"/> is left alone: no merge takes longer than a few minutes, whatever a month holds.
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
                var sources = UpTo(closed.OrderBy(file => file.Date).ThenBy(file => file.Path, StringComparer.Ordinal).Select(Run.Of), limits.MaxBytes);
                if (sources.Count > 1) plans.Add(new(MergeReason.ClosedDates, month.Key, null, sources));
                young = [.. young.Except(sources)];
            }
            foreach (var date in young.GroupBy(file => file.Date!.Value).OrderBy(date => date.Key))
                if (OfOneSize(date.Select(Run.Of), limits) is { Count: > 1 } small)
                    plans.Add(new(MergeReason.SmallFiles, month.Key, date.Key, small));
            var runs = month.Where(file => !file.IsYoung).GroupBy(file => file.Run, StringComparer.Ordinal).Select(run => new Run([.. run]));
            if (OfOneSize(runs, limits) is { Count: > 1 } merged) plans.Add(new(MergeReason.Runs, month.Key, null, merged));
        }
        return plans;
    }

    /// <summary>The rewrites that links ask for: files of which too many rows have another person by now, each with the others of its run.</summary>
    /// <param name="movedRows">By path, rows whose person is another now; a path that is missing has none.</param>
    /// <remarks>A row that moves to another person moves to another file of the run.</remarks>
    public static IReadOnlyList<MergePlan> PlanRewrites(IEnumerable<TableFile> files, IReadOnlyDictionary<string, long> movedRows, MergeLimits limits) =>
        [.. files
            .GroupBy(file => (file.Month, file.Date, file.Run))
            .Where(run => run.Any(file => movedRows.GetValueOrDefault(file.Path) > file.Rows * limits.MaxMovedShare))
            .OrderBy(run => run.Key.Month).ThenBy(run => run.Key.Run, StringComparer.Ordinal)
            .Select(run => new MergePlan(MergeReason.MovedPersons, run.Key.Month, run.Key.Date, [.. run.OrderBy(file => file.Path, StringComparer.Ordinal)]))];

    /// <summary>Whether nothing more of a date is awaited: it ended, by UTC, long enough ago.</summary>
    public static bool IsClosed(DateOnly date, DateTimeOffset now, MergeLimits limits) =>
        date < DateOnly.MaxValue && now >= new DateTimeOffset(date.AddDays(1).ToDateTime(default), TimeSpan.Zero) + limits.ClosesAfter;

    static bool ShouldJoinMonth(List<TableFile> closed, DateTimeOffset now, MergeLimits limits)
    {
        if (closed.Count < 2) return false;
        return closed.Count >= limits.MaxYoung
            || closed.Sum(file => file.Bytes) >= limits.MaxYoungBytes
            || closed.Min(file => file.ModifiedAtMs) <= (now - limits.YoungFor).ToUnixTimeMilliseconds();
    }

    /// <summary>The files of the smallest runs of about one size, once there are enough; empty before.</summary>
    static List<TableFile> OfOneSize(IEnumerable<Run> runs, MergeLimits limits)
    {
        var bySize = runs.Where(run => run.Bytes < limits.MaxBytes / 2).OrderBy(run => run.Bytes).ThenBy(run => run.Files[0].Path, StringComparer.Ordinal).ToList();
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

    /// <summary>Which power of four a run's size is.</summary>
    static int SizeClass(Run run, MergeLimits limits)
    {
        var size = 0;
        for (var bytes = run.Bytes / limits.SmallestBytes; bytes > 0; bytes /= 4) size++;
        return size;
    }

    static List<TableFile> UpTo(IEnumerable<Run> runs, long maxBytes)
    {
        var taken = new List<Run>();
        var bytes = 0L;
        foreach (var run in runs)
        {
            if (taken.Count > 1 && bytes + run.Bytes > maxBytes) break;
            bytes += run.Bytes;
            taken.Add(run);
        }
        return taken.Count < 2 ? [] : [.. taken.SelectMany(run => run.Files)];
    }

    readonly record struct Run(IReadOnlyList<TableFile> Files)
    {
        public long Bytes => Files.Sum(file => file.Bytes);

        public static Run Of(TableFile file) => new([file]);
    }
}
