using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Retention;

/// <summary>Follows the people of some shards from birth to return and counts them in cells. Each thread has its own.</summary>
sealed class RetentionWorker
{
    readonly RetentionPlan plan;
    readonly RetentionRules rules;
    readonly StepScan scan;
    readonly RowFilter?[] compared;
    readonly RetentionSeriesTable series;
    readonly BreakdownColumns breakdowns;
    readonly ValueMemo<double>? sumOf;
    readonly ulong[] bits;
    readonly double[] sums;

    /// <summary>Of each matched row of a shard: which compared filters its birth passes, and the number that it brings.</summary>
    uint[] passes = [];
    double[] values = [];
    int[] births = [];
    int[] born = [];

    /// <summary>The person's row that sums were found for: further births in it need none, unless a filter or value leaves some out.</summary>
    int sumsOfRow = -1;

    public RetentionWorker(RetentionPlan plan, CellBudget budget, ReportMemory memory, RetentionCell? watched)
    {
        (this.plan, rules) = (plan, plan.Rules);
        scan = new(plan.Conditions, plan.Definition.Filter);
        compared = [.. plan.Compared.Select(filter => filter is null ? null : RowFilter.Of(filter))];
        breakdowns = new(plan.Breakdowns, plan.Definition.Switches.MissingKey, memory);
        series = new(plan, breakdowns, budget, watched);
        sumOf = plan.SumOf is null ? null : new(plan.SumOf, found => found.Kind == ValueKind.Number ? found.Number : double.NaN);
        bits = new ulong[rules.WordCount];
        sums = new double[plan.SumOf is null ? 0 : rules.BucketCount];
    }

    /// <summary>What was counted; complete once every shard is worked through.</summary>
    public RetentionSeriesTable Finish()
    {
        series.Finish();
        return series;
    }

    public void Work(JourneyShard shard)
    {
        var matches = scan.Match(shard, plan.Range);
        Read(shard, matches);
        for (var place = 0; place < matches.PersonCount; place++)
        {
            shard.Columns.PauseAt(place);
            var (start, end) = (matches.Starts[place], matches.Starts[place + 1]);
            var person = new Journey(shard.Persons[matches.Places[place]], start, matches.Times[start..end], matches.Masks[start..end], sumOf is null ? [] : values.AsSpan(start, end - start));
            var count = RetentionKernel.FindBirths(person.Times, person.Masks, rules, births);
            if (count == 0) continue;
            sumsOfRow = -1;
            if (plan.ReturnsByAnything) LiveByAnything(shard, matches, person, matches.Places[place], births.AsSpan(0, count));
            else
                for (var i = 0; i < count; i++) Live(person, births[i], start + births[i]);
            if (plan.Definition.BreakdownAt == BreakdownAt.Return && breakdowns.Count > 0) LiveByReturns(person, births.AsSpan(0, count));
        }
    }

    /// <summary>Counts births after which every row of the person is a return.</summary>
    void LiveByAnything(JourneyShard shard, StepMatches matches, in Journey person, int place, ReadOnlySpan<int> chosen)
    {
        var (from, until) = (shard.Starts[place], shard.Starts[place + 1]);
        var whole = new Journey(person.Person, person.Start, shard.Times[from..until], [], []);
        foreach (var birth in chosen) Live(whole, matches.Rows[person.Start + birth] - from, person.Start + birth);
    }

    /// <summary>Counts one birth in the series of all, and in those of its values.</summary>
    /// <param name="at">Where it is among all rows that matter in the shard.</param>
    void Live(in Journey person, int birth, int at)
    {
        RetentionKernel.FindReturns(person.Times, person.Masks, birth, rules, bits);
        var row = rules.RowOf(person.Times[birth]);
        if (sums.Length > 0 && (row != sumsOfRow || passes.Length > 0 || breakdowns.Count > 0) && bits.AsSpan().ContainsAnyExcept(0UL))
        {
            RetentionKernel.SumReturns(person.Times, person.Masks, person.Values, birth, rules, bits, sums);
            sumsOfRow = row;
        }
        var deciding = plan.Definition.BreakdownAt switch
        {
            _ when breakdowns.Count == 0 => -1,
            BreakdownAt.Birth => at,
            BreakdownAt.FirstReturn when RetentionKernel.FirstReturn(person.Times, person.Masks, birth, rules) is var first and >= 0 => person.Start + first,
            _ => -1,
        };
        for (var filter = 0; filter < compared.Length; filter++)
        {
            if (!Passes(at, filter)) continue;
            series.Overall(filter).Add(person.Person, row, bits, sums);
            if (deciding < 0) continue;
            foreach (var key in breakdowns.SeriesOf(filter, deciding)) series[series.IndexOf(key)].Add(person.Person, row, bits, sums);
        }
    }

    /// <summary>Counts the births once more for each value that the person returned with, by the returns of that value alone.</summary>
    void LiveByReturns(in Journey person, ReadOnlySpan<int> chosen)
    {
        for (var filter = 0; filter < compared.Length; filter++)
        {
            var passing = new List<int>();
            foreach (var birth in chosen)
                if (Passes(person.Start + birth, filter)) passing.Add(birth);
            if (passing.Count == 0) continue;
            var returns = new List<(int Series, int Row)>();
            for (var row = 0; row < person.Times.Length; row++)
                if ((person.Masks[row] & RetentionKernel.Return) != 0)
                    foreach (var key in breakdowns.SeriesOf(filter, person.Start + row)) returns.Add((series.IndexOf(key), row));
            returns.Sort();
            for (int at = 0, end; at < returns.Count; at = end)
            {
                for (end = at; end < returns.Count && returns[end].Series == returns[at].Series;) end++;
                Live(person, passing, returns[at].Series, [.. returns[at..end].Select(step => step.Row)]);
            }
        }
    }

    /// <summary>Counts births in one series by some of the returns.</summary>
    void Live(in Journey person, List<int> passing, int index, HashSet<int> returns)
    {
        int[] rows = [.. returns.Union(passing).Order()];
        var times = new long[rows.Length];
        var masks = new uint[rows.Length];
        var numbers = new double[sums.Length == 0 ? 0 : rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            times[i] = person.Times[rows[i]];
            masks[i] = person.Masks[rows[i]] & (returns.Contains(rows[i]) ? RetentionKernel.Return : 0);
            if (numbers.Length > 0) numbers[i] = person.Values[rows[i]];
        }
        foreach (var birth in passing)
        {
            var its = Array.BinarySearch(rows, birth);
            RetentionKernel.FindReturns(times, masks, its, rules, bits);
            if (sums.Length > 0) RetentionKernel.SumReturns(times, masks, numbers, its, rules, bits, sums);
            if (bits.AsSpan().ContainsAnyExcept(0UL)) series[index].Add(person.Person, rules.RowOf(times[its]), bits, sums);
        }
    }

    bool Passes(int at, int filter) => passes.Length == 0 || (passes[at] >> filter & 1) != 0;

    /// <summary>Judges what is asked of births and returns beside what they are.</summary>
    void Read(JourneyShard shard, StepMatches matches)
    {
        if (births.Length < matches.RowCount)
        {
            births = new int[matches.RowCount];
            passes = new uint[Array.TrueForAll(compared, filter => filter is null) ? 0 : matches.RowCount];
            values = new double[sumOf is null ? 0 : matches.RowCount];
        }
        var part = shard.Columns;
        if (sumOf is not null) sumOf.Evaluate(part, matches.Rows, values.AsSpan(0, matches.RowCount));
        if (passes.Length > 0) Judge(part, matches);
        breakdowns.Read(part, matches, plan.Definition.BreakdownAt == BreakdownAt.Birth ? RetentionKernel.Birth : RetentionKernel.Return);
    }

    void Judge(PartColumns part, StepMatches matches)
    {
        var own = passes.AsSpan(0, matches.RowCount);
        own.Clear();
        for (var filter = 0; filter < compared.Length; filter++)
        {
            if (compared[filter] is not { } condition)
            {
                foreach (ref var pass in own) pass |= 1u << filter;
                continue;
            }
            if (born.Length < matches.RowCount) born = new int[matches.RowCount];
            var masks = matches.Masks;
            var all = matches.Rows;
            var count = 0;
            for (var i = 0; i < all.Length; i++)
                if ((masks[i] & RetentionKernel.Birth) != 0) born[count++] = all[i];
            count = condition.Keep(part, born.AsSpan(0, count));
            // Both ascend.
            var at = 0;
            foreach (var row in born.AsSpan(0, count))
            {
                while (all[at] != row) at++;
                own[at] |= 1u << filter;
            }
        }
    }

    /// <summary>One person's rows that matter.</summary>
    /// <param name="start">Where they begin among all that matter in the shard.</param>
    readonly ref struct Journey(int person, int start, ReadOnlySpan<long> times, ReadOnlySpan<uint> masks, ReadOnlySpan<double> values)
    {
        public int Person { get; } = person;
        public int Start { get; } = start;
        public ReadOnlySpan<long> Times { get; } = times;
        public ReadOnlySpan<uint> Masks { get; } = masks;
        public ReadOnlySpan<double> Values { get; } = values;
    }
}
