using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Cairn.Query.Turns;

namespace Cairn.Query.ClickHouse;

/// <summary>Answers funnels by ClickHouse: what a statement counted, put into the cells of the built-in engine.</summary>
static class FunnelThere
{
    /// <summary>Different attempts whose times are told one by one.</summary>
    const int MaxTimes = 2_000_000;

    public static async Task<FunnelAnswer> AnswerAsync(FunnelDefinition definition, Func<AskedLake> lake, Asker ask, ReportMemoryPool pool, CancellationToken cancellationToken)
    {
        var plan = new FunnelPlan(definition);
        var rows = new List<Counted>();
        await foreach (var row in ask(FunnelStatement.Of(plan, lake()), cancellationToken))
        {
            if (rows.Count == MaxTimes) throw new NotExpressedException($"how long it took, of more than {MaxTimes} different attempts");
            rows.Add(Counted.Read(row));
        }
        var (chosen, placeOf, beforeLimit) = Choose(definition, rows);
        var (steps, buckets) = (definition.Steps.Count, plan.Buckets?.Count ?? 0);
        var counts = new CellCounts(chosen.Count * (buckets + 1), steps, definition.WithTimes);
        using var memory = pool.Open();
        if (definition.WithTimes) AddEach(counts, rows, placeOf, buckets, memory);
        else
            foreach (var row in rows)
                foreach (var cell in CellsOf(row, placeOf, buckets)) counts.Add(cell, row.Steps(steps));
        counts.Finish(cancellationToken);
        return new(
            plan.Buckets?.Starts ?? [], FunnelReport.AreComplete(plan),
            [.. chosen.Select((series, index) => new FunnelSeries(series.Kind, series.ComparedIndex, series.Keys, counts[index * (buckets + 1)], [.. Enumerable.Range(1, buckets).Select(bucket => counts[index * (buckets + 1) + bucket])]))],
            beforeLimit, new(null, 0, 0, 0));
    }

    /// <summary>The series that are answered, and where each counted series is among them.</summary>
    static (List<ChosenSeries> Chosen, Dictionary<(int Compared, string Keys), int> PlaceOf, int BeforeLimit) Choose(FunnelDefinition definition, List<Counted> rows)
    {
        var (chosen, placeOf, before) = (new List<ChosenSeries>(), new Dictionary<(int, string), int>(), 0);
        for (var compared = 0; compared < Math.Max(1, definition.Compared.Count); compared++)
        {
            placeOf[(compared, "")] = Add(new(FunnelSeriesKind.Whole, compared, []));
            var ranked = rows.Where(row => !row.IsWhole && row.Compared == compared).GroupBy(row => row.Name)
                .OrderByDescending(series => series.Sum(row => row.Attempts)).ThenBy(series => string.Join('\0', series.First().Keys), StringComparer.Ordinal).ToList();
            before += ranked.Count;
            foreach (var series in ranked.Take(definition.Limit)) placeOf[(compared, series.Key)] = Add(new(FunnelSeriesKind.Value, compared, series.First().Keys));
            if (ranked.Count <= definition.Limit) continue;
            // Where a person may be in several series, those left out together count the person once.
            if (definition.Counting == FunnelCounting.Uniques && definition.Switches.Funnels.Segments == FunnelSegments.EachAttempt) throw new NotExpressedException("the values that a limit leaves out, together");
            var other = Add(new(FunnelSeriesKind.Other, compared, []));
            foreach (var series in ranked.Skip(definition.Limit)) placeOf[(compared, series.Key)] = other;
        }
        return (chosen, placeOf, before);

        int Add(ChosenSeries series)
        {
            chosen.Add(series);
            return chosen.Count - 1;
        }
    }

    /// <summary>Of the whole range, and of the bucket where there is a trend.</summary>
    static IEnumerable<int> CellsOf(Counted row, Dictionary<(int, string), int> placeOf, int buckets)
    {
        var first = placeOf[(row.Compared, row.Name)] * (buckets + 1);
        yield return first;
        if (row.Bucket >= 0) yield return first + 1 + row.Bucket;
    }

    static void AddEach(CellCounts counts, List<Counted> rows, Dictionary<(int, string), int> placeOf, int buckets, ReportMemory memory)
    {
        var (each, cells) = (new FunnelRows(memory), new List<int>());
        foreach (var row in rows)
            foreach (var cell in CellsOf(row, placeOf, buckets))
            {
                var at = each.StepMs.Count;
                row.StepsMs.CopyTo(each.AddSteps(row.Reached));
                for (var attempt = 0L; attempt < row.Attempts; attempt++)
                {
                    each.Add(new(0, 0, row.Bucket, 0, at, 0, (byte)row.Reached, row.End));
                    cells.Add(cell);
                }
            }
        counts.Add(each, [.. cells]);
    }

    /// <summary>A row of the statement.</summary>
    sealed record Counted(int Compared, bool IsWhole, string[] Keys, int Bucket, int Reached, FunnelEnd End, long[] StepsMs, long Attempts, long[] StartMs, long[] PreviousMs)
    {
        /// <summary>The keys with their lengths; empty for the whole.</summary>
        public string Name { get; } = IsWhole ? "" : Segmentation.SeriesName.TextOf(Keys);

        public static Counted Read(JsonElement[] row) => new(
            row[0].GetInt32(), row[1].GetInt32() == 1, [.. row[2].EnumerateArray().Select(key => key.GetString()!)], row[3].GetInt32(), row[4].GetInt32(), (FunnelEnd)row[5].GetInt32(),
            Numbers(row[6]), row[7].GetInt64(), Numbers(row[8]), Numbers(row[9]));

        public FunnelCells.Step[] Steps(int count)
        {
            var steps = new FunnelCells.Step[count];
            for (var step = 1; step < Reached; step++) steps[step] = new(0, 0, StartMs[step], PreviousMs[step]);
            steps[Reached - 1] = steps[Reached - 1] with { Ended = Attempts, Excluded = End == FunnelEnd.Excluded ? Attempts : 0 };
            return steps;
        }

        static long[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt64())];
    }
}
