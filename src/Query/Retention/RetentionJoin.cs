using Cairn.Query.Definitions;
using Cairn.Query.Journeys;

namespace Cairn.Query.Retention;

/// <summary>Adds up what all workers counted: no person is with two of them.</summary>
sealed class RetentionJoin(RetentionPlan plan, IReadOnlyList<IRetentionTable> tables)
{
    readonly RetentionRules rules = plan.Rules;

    public RetentionAnswer Answer(Coverage coverage)
    {
        var overall = plan.Compared.Select((_, compared) => Series(compared, [], [.. tables.Select(table => table.Overall(compared))], null)).ToArray();
        var all = ByName().Select(named => Series(named.Compared, named.Keys, named.Cells, plan.Definition.BreakdownAt == BreakdownAt.Birth ? null : overall[named.Compared]));
        var bySize = all.GroupBy(series => series.ComparedIndex).OrderBy(line => line.Key).Select(line => line
            .OrderByDescending(series => series.Together.Size)
            .ThenByDescending(series => series.Rows.Sum(row => row.Counts.Sum(count => (long)count)))
            .ThenBy(series => string.Join('\0', series.Keys), StringComparer.Ordinal)
            .ToArray()).ToArray();
        return new(overall, [.. bySize.SelectMany(line => line.Take(plan.Definition.Limit))], bySize.Sum(line => line.Length), coverage);
    }

    IEnumerable<(int Compared, string[] Keys, List<IRetentionCells> Cells)> ByName() =>
        Enumerable.Range(0, plan.Compared.Count).SelectMany(compared => KeyedCells
            .Join(tables.SelectMany(table => table.Of(compared)))
            .Select(named => (compared, named.Keys, named.Cells)));

    /// <param name="born">The series whose people these are, where the breakdown looks at returns.</param>
    RetentionSeries Series(int compared, IReadOnlyList<string> keys, List<IRetentionCells> cells, RetentionSeries? born)
    {
        var rows = Enumerable.Range(0, rules.RowCount).Select(row => new RetentionRow(
            rules.RowStarts[row],
            born?.Rows[row].Size ?? cells.Sum(part => part.Sizes[row]),
            Added(cells.Select(part => part.Counts[row])),
            plan.SumOf is null ? null : Added(cells.Select(part => part.Sums[row])),
            plan.Complete[row],
            rules.BegunIn(row))).ToArray();
        var together = new RetentionTogether(
            born?.Together.Size ?? cells.Sum(part => part.People), born?.Together.Sizes ?? SizesOf(cells), Added(cells.Select(part => part.TogetherCounts)));
        return new(compared, keys, rows, [.. Enumerable.Range(0, rules.BucketCount).Select(bucket => Average(rows, bucket))], together);
    }

    /// <summary>One bucket over the rows in which it is complete.</summary>
    AveragedBucket Average(IReadOnlyList<RetentionRow> rows, int bucket)
    {
        double size = 0, count = 0, weight = 0;
        var isWeighted = plan.Definition.Switches.Retention.Average == RetentionAverage.WeightedBySize;
        foreach (var row in rows)
        {
            if (bucket >= row.Complete) continue;
            double own = isWeighted ? row.Size : 1;
            size += own * row.Size;
            count += own * row.Counts[bucket];
            weight += row.Size;
        }
        if (!isWeighted) return new(size, count);
        return weight == 0 ? default : new(size / weight, count / weight);
    }

    /// <summary>For each bucket, the people with a row in which it is complete.</summary>
    int[] SizesOf(List<IRetentionCells> cells)
    {
        var sizes = new int[rules.BucketCount];
        var people = 0;
        for (var bucket = sizes.Length - 1; bucket >= 0; bucket--)
        {
            people += cells.Sum(part => part.PeopleByComplete[bucket + 1]);
            sizes[bucket] = people;
        }
        return sizes;
    }

    T[] Added<T>(IEnumerable<T[]?> parts) where T : struct, System.Numerics.INumber<T>
    {
        var all = new T[rules.BucketCount];
        foreach (var part in parts)
            if (part is not null)
                for (var bucket = 0; bucket < all.Length; bucket++) all[bucket] += part[bucket];
        return all;
    }
}
