using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Cairn.Storage.Rows;

namespace Cairn.Query.ClickHouse;

/// <summary>A funnel as one statement: the attempts of each person, walked as <see cref="FunnelKernel"/> walks them, and of them those that count, by series.</summary>
/// <remarks>
/// <c>windowFunnel</c> has other rules: no grace between steps, no exclusions, no attempts one after the other. So each person's marked rows become arrays, in the order of time, name, insert id and item id, and folds walk
/// over them. A walk looks at the rows from an entry on once for each step, so that a person with very many rows that are steps costs their square.
/// <code>
/// compared   which compared filter
/// whole      1 for all attempts, 0 for those of the keys
/// keys       a text for each breakdown
/// bucket     of the entry's time; -1 without a trend
/// reached    steps reached
/// ended      how, as FunnelEnd
/// steps_ms   milliseconds from the entry to each of these steps; nothing where they are added up
/// attempts   how many
/// start_ms   of each step the milliseconds from the entry, added up; and likewise previous_ms from the step before
/// </code>
/// </remarks>
static class FunnelStatement
{
    const long EntryBit = FunnelRules.Entry;

    /// <exception cref="NotExpressedException">It has no exact form.</exception>
    public static ClickHouseStatement Of(FunnelPlan plan, AskedLake lake)
    {
        Refuse(plan);
        lake.ReadPersons();
        var (definition, rules) = (plan.Definition, plan.Rules);
        var marks = Sql.Join(" + ", plan.Conditions.Select((condition, bit) => (condition, bit)).Where(one => one.condition.AnyOf.Count > 0).Select(one =>
            Sql.Of($"if({Sql.Join(" or ", one.condition.AnyOf.Select(lake.Selects))}, {1L << one.bit}, 0)")));
        var compared = definition.Compared.Count == 0 ? Sql.Of($"1") : Sql.Of($"multiIf({Sql.Join(", ", definition.Compared.Select((filter, index) => Sql.Of($"compared = {(long)index}, {lake.IsTrue(filter.Filter)}")))}, 0)");
        var keys = definition.Breakdowns.Count == 0 ? Sql.Of($"CAST([], 'Array(String)')") : Sql.Of($"[{Sql.Join(", ", definition.Breakdowns.Select(by => Sql.Of($"ifNull(concat('=', {lake.Of(by.By).KeyText}), '')")))}]");
        var filter = lake.IsTrue(plan.RowFilter);
        var (insertId, itemId) = (lake.Fixed(RowLayout.InsertId), lake.Fixed(RowLayout.ItemId));
        var rows = lake.Rows(plan.ScanRange);
        long[] comparedIndexes = [.. Enumerable.Range(0, Math.Max(1, definition.Compared.Count)).Select(index => (long)index)];
        var people = Sql.Of($"""
            select person, compared, arraySort(groupArray((ms, name, insert_id, item_id, marked, row_keys))) as journey
            from (
                select person, ms, name, ifNull({insertId}, '') as insert_id, {itemId} as item_id, {keys} as row_keys, arrayJoin({comparedIndexes}) as compared,
                    marks + if(bitAnd(marks, {(1L << rules.StepCount) - 1}) != 0 and ms >= {definition.Range.FromMs} and ms < {definition.Range.UntilMs} and {compared}, {EntryBit}, 0) as marked
                from (select *, {marks} as marks from ({rows})) where person != '' and marks != 0 and {filter}
            )
            group by person, compared
            having arrayExists(row -> bitTest(row.5, 31), journey)
            """);
        var journeys = Sql.Of($"""
            select compared, arrayMap(row -> row.1, journey) as times, arrayMap(row -> row.5, journey) as marks, arrayMap(row -> row.6, journey) as row_keys,
                arrayMap(at -> toInt64(at), arrayEnumerate(journey)) as places, arrayFilter((place, mark) -> bitTest(mark, 31) and bitTest(mark, 0), places, marks) as entries
            from ({people})
            """);
        var attempts = Sql.Of($"""
            select compared, arrayMap(walk -> (times[walk.1[1]], toInt64(length(walk.1)), arrayMap(place -> greatest(0, times[place] - times[walk.1[1]]), walk.1), walk.4, {KeysOf(definition)}), {Attempts(rules)}) as attempts
            from ({journeys})
            """);
        var counted = Sql.Of($"select compared, arrayJoin({Counted(definition)}) as one from ({attempts}) where notEmpty(attempts)");
        var query = Sql.Of($"""
            select compared, whole, attempt_keys as keys, bucket, reached, ended, {(definition.WithTimes ? Sql.Of($"elapsed") : Sql.Of($"CAST([], 'Array(Int64)')"))} as steps_ms,
                count() as attempts, sumForEach(elapsed) as start_ms, sumForEach(arrayMap((ms, before) -> greatest(0, ms - before), elapsed, arrayPushFront(arrayPopBack(elapsed), toInt64(0)))) as previous_ms
            from (select compared, one.1 as whole, one.2 as attempt_keys, one.3.1 as ms, one.3.2 as reached, one.3.3 as elapsed, one.3.4 as ended, {(plan.Buckets is { } buckets ? SegmentationStatement.BucketOf(buckets) : Sql.Of($"toInt64(-1)"))} as bucket from ({counted}))
            group by compared, whole, keys, bucket, reached, ended, steps_ms
            """);
        return new(query, lake.Uploads(), lake.Version.Delta.Version);
    }

    static void Refuse(FunnelPlan plan)
    {
        var (definition, rules) = (plan.Definition, plan.Rules);
        if (definition.Project.EventsBefore is not null) throw new NotExpressedException("a question as of a day");
        if (definition.Order != FunnelOrder.This) throw new NotExpressedException("a funnel in any order, or with nothing else between its steps");
        if (plan.NeedsSessions) throw new NotExpressedException("a funnel by session");
        if (definition.Held.Count > 0) throw new NotExpressedException("a funnel that holds a property constant");
        if (definition.Entrants != FunnelEntrants.Everyone) throw new NotExpressedException("a funnel of those who are new");
        if (definition.Sum is not null) throw new NotExpressedException("a number added up along a funnel");
        if (rules.Reentry is FunnelReentry.Basic or FunnelReentry.Optimized) throw new NotExpressedException("basic and optimized re-entry of a funnel");
        if (definition.Unit is not null && definition.Switches.Funnels.Trend == FunnelTrend.EachBucket) throw new NotExpressedException("a funnel's trend of which each bucket is a funnel of its own");
    }

    /// <summary>All attempts of a person: (places of the steps, latest place, place that another may begin at, how it ended).</summary>
    static Sql Attempts(FunnelRules rules)
    {
        if (rules.Reentry == FunnelReentry.Aggressive) return Sql.Of($"arrayMap(entry -> {Walk(rules, Sql.Of($"toInt64(1)"))}, entries)");
        // One after the other: the first element only says of what type they are.
        return Sql.Of($"""
            arrayPopFront(arrayFold(
                (open, entry) -> if(entry < open.2, open, arrayMap(walk -> (arrayPushBack(open.1, walk), greatest(entry + 1, walk.3)), [{Walk(rules, Sql.Of($"open.2"))}])[1]),
                entries, ([([toInt64(0)], toInt64(0), toInt64(0), toInt64(0))], toInt64(1))).1)
            """);
    }

    /// <summary>The attempt that begins at <c>entry</c>.</summary>
    /// <param name="first">Places before it belong to an earlier attempt.</param>
    static Sql Walk(FunnelRules rules, Sql first)
    {
        long[] steps = [.. Enumerable.Range(1, rules.StepCount - 1).Select(step => (long)step)], breaks = [.. rules.Breaks.Select(bits => (long)bits)];
        var latest = Sql.Of($"times[taken.2]");
        var limit = Sql.Of($"(times[{(rules.WindowFrom == WindowFrom.FirstStep ? Sql.Of($"entry") : Sql.Of($"taken.2"))}] + {rules.WindowMs})");
        var follows = rules.Ties == StepTies.Stored ? Sql.Of($"place > taken.2") : Sql.Of($"not ({IsBefore(rules, Sql.Of($"ms"), latest)})");
        var isAfter = rules.Ties == StepTies.Stored ? Sql.Of($"1") : IsBefore(rules, latest, Sql.Of($"ms"));
        var brakeIsFirst = rules.Ties == StepTies.Stored ? Sql.Of($"found.2 < found.1") : IsBefore(rules, Sql.Of($"times[found.2]"), Sql.Of($"times[found.1]"));
        return Sql.Of($"""
            arrayFold(
                (taken, step) -> if(taken.4 != 0, taken, arrayMap(found -> multiIf(
                        found.2 > 0 and (found.1 = 0 or {brakeIsFirst}), (taken.1, taken.2, toInt64(found.2) + 1, toInt64(2)),
                        found.1 = 0, (taken.1, taken.2, toInt64(if(found.3 = 0, length(times) + 1, found.3)), toInt64(1)),
                        (arrayPushBack(taken.1, toInt64(found.1)), greatest(taken.2, toInt64(found.1)), greatest(taken.2, toInt64(found.1)) + 1, toInt64(0))),
                    [(arrayFirstIndex((ms, mark, place) -> bitTest(mark, step) and place >= {first} and ms <= {limit} and {follows} and not has(taken.1, place), times, marks, places),
                      arrayFirstIndex((ms, mark, place) -> bitAnd(mark, {breaks}[length(taken.1) + 1]) != 0 and place > taken.2 and ms <= {limit} and {isAfter} and not has(taken.1, place), times, marks, places),
                      arrayFirstIndex((ms, place) -> place > taken.2 and ms > {limit}, times, places))])[1]),
                {steps}, ([entry], entry, entry + 1, toInt64(0)))
            """);
    }

    /// <summary>Whether one time lies before another so surely that they can't be taken the other way round.</summary>
    static Sql IsBefore(FunnelRules rules, Sql one, Sql other) => rules.Ties switch
    {
        StepTies.Stored => throw new InvalidOperationException("stored order is of places, not of times"),
        StepTies.SameMillisecond => Sql.Of($"{one} < {other}"),
        StepTies.SameSecond => Sql.Of($"floor({one} / 1000) < floor({other} / 1000)"),
        StepTies.WithinTwoSeconds => Sql.Of($"{one} + {rules.GraceMs} < {other}"),
    };

    /// <summary>The values of an attempt as series are called. A row's have "=" before each and are empty where there is none; a text that says the same as what is missing belongs to it.</summary>
    static Sql KeysOf(FunnelDefinition definition)
    {
        if (definition.Breakdowns.Count == 0) return Sql.Of($"CAST([], 'Array(String)')");
        var said = Sql.Of($"[{Sql.Join(", ", definition.Breakdowns.Select((_, index) => definition.Attribution.Kind switch
        {
            AttributionKind.Step => Sql.Of($"if(length(walk.1) >= {(long)definition.Attribution.Step}, row_keys[walk.1[{(long)definition.Attribution.Step}]][{index + 1L}], '')"),
            AttributionKind.First => Sql.Of($"arrayFirst(key -> key != '', arrayMap(place -> row_keys[place][{index + 1L}], walk.1))"),
            AttributionKind.Last => Sql.Of($"arrayLast(key -> key != '', arrayMap(place -> row_keys[place][{index + 1L}], walk.1))"),
        }))}]");
        return Sql.Of($"arrayMap(key -> if(key = '', {definition.Switches.MissingKey}, substring(key, 2)), {said})");
    }

    /// <summary>The attempts that count: (1 for the whole, keys, attempt).</summary>
    static Sql Counted(FunnelDefinition definition)
    {
        var (hasKeys, funnels) = (definition.Breakdowns.Count > 0, definition.Switches.Funnels);
        var noKeys = Sql.Of($"CAST([], 'Array(String)')");
        if (definition.Counting == FunnelCounting.Totals)
        {
            var whole = Sql.Of($"arrayMap(attempt -> (1, {noKeys}, attempt), attempts)");
            return hasKeys ? Sql.Of($"arrayConcat({whole}, arrayMap(attempt -> (0, attempt.5, attempt), attempts))") : whole;
        }
        // Of those that begin together the one that gets furthest, and then the fastest.
        var order = funnels.Attempt == FunnelAttempt.First ? Sql.Of($"(attempt.1, -attempt.2, attempt.3, attempt.4)") : Sql.Of($"(-attempt.2, attempt.1, attempt.3, attempt.4)");
        Sql Chosen(Sql of) => Sql.Of($"arraySort(attempt -> {order}, {of})[1]");
        var all = Sql.Of($"[(1, {noKeys}, {Chosen(Sql.Of($"attempts"))})]");
        if (!hasKeys) return all;
        return funnels.Segments == FunnelSegments.ChosenAttempt
            ? Sql.Of($"arrayConcat({all}, arrayMap(attempt -> (0, attempt.5, attempt), [{Chosen(Sql.Of($"attempts"))}]))")
            : Sql.Of($"arrayConcat({all}, arrayMap(keys -> (0, keys, {Chosen(Sql.Of($"arrayFilter(attempt -> attempt.5 = keys, attempts)"))}), arrayDistinct(arrayMap(attempt -> attempt.5, attempts))))");
    }
}
