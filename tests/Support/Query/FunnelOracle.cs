using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using NodaTime;

namespace Cairn.Support.Query;

/// <summary>The naive twin of the funnel report: person after person, list after list.</summary>
/// <param name="walk">Who walks through a person's rows: the naive twin of the kernel, or the kernel itself.</param>
public sealed class FunnelOracle(FunnelDefinition definition, FunnelOracle.Walker walk)
{
    static readonly string[] LinkingEvents = ["$identify", "$create_alias", "$merge"];

    /// <summary>The attempts that begin at rows of a range, all or the one that stands for the person.</summary>
    public delegate IEnumerable<OracleAttempt> Walker(FunnelDefinition definition, IReadOnlyList<OracleRow> rows, int first, int end, bool onlyChosen);

    /// <summary>The kernel's naive twin.</summary>
    public static IEnumerable<OracleAttempt> Naive(FunnelDefinition definition, IReadOnlyList<OracleRow> rows, int first, int end, bool onlyChosen)
    {
        var oracle = new FunnelWalkOracle(definition, rows);
        return !onlyChosen ? oracle.Attempts(first, end) : oracle.Chosen(first, end) is { } chosen ? [chosen] : [];
    }

    /// <summary>The kernel, handed the rows that the oracle marked.</summary>
    public static IEnumerable<OracleAttempt> Kernel(FunnelDefinition definition, IReadOnlyList<OracleRow> rows, int first, int end, bool onlyChosen)
    {
        var (rules, work, found) = (new FunnelRules(definition), new FunnelWork(), new List<OracleAttempt>());
        work.Forget();
        var journey = new JourneyRows(rows.Select(row => row.Ms).ToArray(), rows.Select(row => row.Marks).ToArray(), rows.Select(row => row.Session).ToArray());
        if (onlyChosen)
        {
            var chosen = FunnelKernel.Choose(rules, journey, first, end, work);
            return chosen.Reached == 0 ? [] : [new(work.ChosenRows(chosen.Reached).ToArray(), chosen.End)];
        }
        var attempts = new FunnelKernel.Attempts(rules, journey, first, end, work);
        while (attempts.MoveNext()) found.Add(new(attempts.Path.ToArray(), attempts.Current.End));
        return found;
    }

    /// <summary>One attempt as it counts in one series ("" for the whole, "|pro" for a value) and bucket (null for the whole range).</summary>
    public sealed record Counted(string Person, int Compared, string Series, LocalDateTime? Bucket, long EntryMs, IReadOnlyList<long> StepMs, FunnelEnd End, double[] Values);

    public List<Counted> Answer(IEnumerable<MemoryEvent> events)
    {
        var counted = new List<Counted>();
        foreach (var person in events.Where(row => !string.IsNullOrEmpty(row.DistinctId)).GroupBy(row => row.DistinctId!))
            for (var compared = 0; compared < Math.Max(1, definition.Compared.Count); compared++)
                counted.AddRange(OfPerson(person.Key, [.. person.Index().OrderBy(row => row.Item.Time).ThenBy(row => row.Item.Name, StringComparer.Ordinal).ThenBy(row => row.Index).Select(row => row.Item)], compared));
        return counted;
    }

    IEnumerable<Counted> OfPerson(string person, List<MemoryEvent> events, int compared)
    {
        var isNew = events[0].Time.ToUnixTimeMilliseconds() >= definition.Range.FromMs;
        var needsAll = definition.Order == FunnelOrder.Exact || definition.Counting == FunnelCounting.Sessions || definition.Window is ConversionWindow.Sessions;
        var rows = events.Select(row => (Event: row, Marks: Marks(row, compared, isNew))).Where(row => row.Marks != 0 || needsAll && !LinkingEvents.Contains(row.Event.Name)).ToList();
        var sessions = definition.Counting == FunnelCounting.Sessions || definition.Window is ConversionWindow.Sessions
            ? SessionOracle.SessionsOf(definition.Switches.Sessions, definition.Project.Zone, rows.ConvertAll(row => row.Event))
            : new int[rows.Count];
        // What is in no session begins none.
        rows = [.. rows.Select((row, index) => sessions[index] < 0 ? (row.Event, row.Marks & ~FunnelRules.Entry) : row)];
        var found = new List<(OracleAttempt Attempt, List<int> Rows, string Held, LocalDateTime? Bucket)>();
        foreach (var held in HeldOf(rows.ConvertAll(row => row.Event)))
        {
            var own = rows.Select((row, index) => (Index: index, Marks: Held(row, held))).Where(row => row.Marks != 0 || needsAll).ToList();
            var journey = own.Select(row => new OracleRow(rows[row.Index].Event.Time.ToUnixTimeMilliseconds(), row.Marks, sessions[row.Index])).ToList();
            foreach (var (first, end, bucket) in Spans(journey))
                foreach (var attempt in walk(definition, journey, first, end, onlyChosen: false))
                    found.Add((attempt, [.. own.Select(row => row.Index)], held ?? "", bucket));
        }
        var isChosenFirst = definition.Counting != FunnelCounting.Totals && definition.Switches.Funnels.Segments == FunnelSegments.ChosenAttempt;
        if (isChosenFirst) found = [.. found.GroupBy(one => one.Bucket).SelectMany(bucket => Settled([.. bucket], sessions, rows))];
        var all = found.SelectMany(one => SeriesOf([.. one.Attempt.Path.Select(row => rows[one.Rows[row]].Event)]).Select(series => (one, series, one.Bucket))).ToList();
        foreach (var cell in all.GroupBy(one => (one.series, one.Bucket)))
            foreach (var (attempt, indexes, _, _) in isChosenFirst ? cell.Select(one => one.one) : Settled([.. cell.Select(one => one.one)], sessions, rows))
            {
                var path = attempt.Path.Select(row => rows[indexes[row]].Event).ToList();
                var entryMs = path[0].Time.ToUnixTimeMilliseconds();
                var values = path.Select(row => definition.Sum is null ? 0 : Evaluate(definition.Sum, row) is { Kind: ValueKind.Number } number ? number.Number : 0).ToArray();
                var one = new Counted(person, compared, cell.Key.series, cell.Key.Bucket, entryMs, [.. path.Select(row => Math.Max(0, row.Time.ToUnixTimeMilliseconds() - entryMs))], attempt.End, values);
                yield return one;
                if (definition.Unit is not null && definition.Switches.Funnels.Trend == FunnelTrend.WholeRange) yield return one with { Bucket = BucketOf(path[0].Time) };
            }
    }

    IEnumerable<(OracleAttempt Attempt, List<int> Rows, string Held, LocalDateTime? Bucket)> Settled(
        List<(OracleAttempt Attempt, List<int> Rows, string Held, LocalDateTime? Bucket)> attempts, int[] sessions, List<(MemoryEvent Event, uint Marks)> rows)
    {
        if (definition.Counting == FunnelCounting.Totals) return attempts;
        var isPair = definition.Held.Count > 0 && definition.Switches.Funnels.HeldUnit == HeldUnit.PersonAndValue;
        return attempts.GroupBy(one => ((isPair ? one.Held : ""), definition.Counting == FunnelCounting.Sessions ? sessions[one.Rows[one.Attempt.Path[0]]] : 0)).Select(group =>
        {
            long[] Times((OracleAttempt Attempt, List<int> Rows, string Held, LocalDateTime? Bucket) one) => [.. one.Attempt.Path.Select(row => rows[one.Rows[row]].Event.Time.ToUnixTimeMilliseconds())];
            // Of those that begin together the furthest, then the fastest.
            var ordered = group.OrderBy(one => Times(one)[0]).ThenByDescending(one => one.Attempt.Path.Count)
                .ThenBy(one => string.Concat(Times(one).Select(ms => $"{Math.Max(ms, Times(one)[0]):D20}")), StringComparer.Ordinal).ThenBy(one => one.Attempt.End).ToList();
            return definition.Switches.Funnels.Attempt == FunnelAttempt.First ? ordered[0] : ordered.MaxBy(one => one.Attempt.Path.Count);
        });
    }

    uint Marks(MemoryEvent row, int compared, bool isNew)
    {
        var marks = 0u;
        for (var step = 0; step < definition.Steps.Count; step++)
            if (definition.Steps[step].AnyOf.Any(selection => Meets(selection, row)) && Holds(definition.Filter, row)) marks |= 1u << step;
        for (var i = 0; i < definition.Exclusions.Count; i++)
            if (definition.Exclusions[i].AnyOf.Any(selection => Meets(selection, row))) marks |= 1u << (FunnelRules.FirstExclusion + i);
        var at = Instant.FromDateTimeOffset(row.Time);
        var mayEnter = at >= definition.Range.From && at < definition.Range.Until && (isNew || definition.Entrants == FunnelEntrants.Everyone)
            && (definition.Compared.Count == 0 || Holds(definition.Compared[compared].Filter, row));
        return (marks & ((1u << definition.Steps.Count) - 1)) != 0 && mayEnter ? marks | FunnelRules.Entry : marks;
    }

    /// <summary>Every combination of values held constant; one that says nothing where none is.</summary>
    IEnumerable<string?> HeldOf(List<MemoryEvent> rows) => 
        definition.Held.Count == 0 ? Enumerable.Repeat<string?>(null, 1) : rows.SelectMany(CombinationsOf).Distinct().Select(combination => (string?)combination);

    uint Held((MemoryEvent Event, uint Marks) row, string? combination) =>
        combination is null || CombinationsOf(row.Event).Contains(combination) ? row.Marks : row.Marks & ~(((1u << definition.Steps.Count) - 1) | FunnelRules.Entry);

    IEnumerable<string> CombinationsOf(MemoryEvent row)
    {
        IEnumerable<string> combinations = [""];
        foreach (var held in definition.Held)
        {
            var value = Evaluate(held, row);
            var texts = value.Kind == ValueKind.List ? value.Items.Select(ValueText.Of).Distinct().ToArray() : value.IsMissing ? [] : [ValueText.Of(value)];
            combinations = [.. combinations.SelectMany(combination => texts.Select(text => $"{combination}|{text}"))];
        }
        return combinations;
    }

    /// <summary>The rows of the whole range, and of each bucket that has an entry.</summary>
    IEnumerable<(int First, int End, LocalDateTime? Bucket)> Spans(List<OracleRow> rows)
    {
        yield return (0, rows.Count, null);
        if (definition.Unit is null || definition.Switches.Funnels.Trend != FunnelTrend.EachBucket) yield break;
        foreach (var bucket in rows.Index().Where(row => (row.Item.Marks & FunnelRules.Entry) != 0).GroupBy(row => BucketOf(DateTimeOffset.FromUnixTimeMilliseconds(row.Item.Ms))))
            yield return (bucket.First().Index, bucket.Last().Index + 1, bucket.Key);
    }

    /// <summary>"" for the whole, and the values of the breakdowns.</summary>
    IEnumerable<string> SeriesOf(List<MemoryEvent> path)
    {
        yield return "";
        if (definition.Breakdowns.Count == 0) yield break;
        IEnumerable<string> keys = [""];
        foreach (var breakdown in definition.Breakdowns)
        {
            var values = path.Select(row => Evaluate(breakdown.By, row)).Select(value => value.Kind == ValueKind.List && value.Items.Count == 0 ? Value.Undefined : value).ToList();
            var value = definition.Attribution.Kind switch
            {
                AttributionKind.First => values.FirstOrDefault(one => !one.IsMissing),
                AttributionKind.Last => values.LastOrDefault(one => !one.IsMissing),
                AttributionKind.Step => values.ElementAtOrDefault(definition.Attribution.Step - 1),
            };
            var texts = value.Kind == ValueKind.List ? value.Items.Select(TextOf).Distinct() : [TextOf(value)];
            keys = [.. keys.SelectMany(key => texts.Select(text => $"{key}|{text}"))];
        }
        foreach (var key in keys) yield return key;
    }

    LocalDateTime BucketOf(DateTimeOffset time)
    {
        var local = Local(time);
        return definition.Unit!.Value.Unit == TimeUnit.Hour ? new(local.Year, local.Month, local.Day, local.Hour, 0) : local.Date.AtMidnight();
    }

    LocalDateTime Local(DateTimeOffset time) => Instant.FromDateTimeOffset(time).InZone(definition.Project.Zone).LocalDateTime;

    string TextOf(Value value) => value.IsMissing ? definition.Switches.MissingKey : ValueText.Of(value);

    static bool Meets(EventSelection selection, MemoryEvent row) => selection.Covers(row.Name) && Holds(selection.Filter, row);

    static bool Holds(Expression? filter, MemoryEvent row) => filter is null || Evaluate(filter, row).IsTrue;

    static Value Evaluate(Expression expression, MemoryEvent row)
    {
        var compiled = CompiledExpression.Compile(expression);
        return compiled.Evaluate([.. compiled.Inputs.Select(input => SegmentationOracle.Read(input, row))]);
    }
}
