using Cairn.Query.Definitions;
using Cairn.Query.Retention;
using Cairn.Storage.Rows;

namespace Cairn.Query.ClickHouse;

/// <summary>A retention report as one statement: each person's births and, after each, the buckets in which the person counts, as <see cref="RetentionKernel"/> finds them.</summary>
/// <remarks>
/// <code>
/// compared       which compared filter
/// whole          1 for all people, 0 for those of the keys
/// keys           a text for each breakdown
/// birth_row      which row of births; -1 for all rows together, each person once
/// complete       of all rows together: how many buckets are complete in some row of the person; else 0
/// people         how many
/// counts         of each bucket how many of them count in it; of all rows together only where it is complete
/// </code>
/// </remarks>
static class RetentionStatement
{
    /// <summary>What stands for all rows together in the place of a row.</summary>
    public const int Together = -1;

    /// <exception cref="NotExpressedException">It has no exact form.</exception>
    public static ClickHouseStatement Of(RetentionPlan plan, AskedLake lake)
    {
        var (definition, rules) = (plan.Definition, plan.Rules);
        if (definition.Project.EventsBefore is not null) throw new NotExpressedException("a question as of a day");
        if (definition.SumOf is not null) throw new NotExpressedException("a number that returns carry");
        if (definition.Breakdowns.Count > 0 && definition.BreakdownAt != BreakdownAt.Birth) throw new NotExpressedException("retention broken down by returns");
        lake.ReadPersons();
        Sql Meets(IReadOnlyList<EventSelection> anyOf) => Sql.Of($"({Sql.Join(" or ", anyOf.Select(lake.Selects))})");
        var (isBirth, isReturn) = (Meets(definition.Birth), plan.ReturnsByAnything ? Sql.Of($"1") : Meets(definition.Return));
        var passes = Sql.Join(", ", plan.Compared.Select((condition, index) => Sql.Of($"if({lake.IsTrue(condition)}, {(long)index}, -1)")));
        var keys = definition.Breakdowns.Count == 0 ? NoKeys : Sql.Of($"[{Sql.Join(", ", definition.Breakdowns.Select(by => SegmentationStatement.KeyOf(lake.Of(by.By), definition.Switches)))}]");
        var filter = lake.IsTrue(definition.Filter);
        var (insertId, itemId) = (lake.Fixed(RowLayout.InsertId), lake.Fixed(RowLayout.ItemId));
        var rows = lake.Rows(plan.Range);
        var people = Sql.Of($"""
            select person, arraySort(groupArray((ms, name, insert_id, item_id, is_birth, is_return, passes, row_keys))) as journey
            from (
                select person, ms, name, ifNull({insertId}, '') as insert_id, {itemId} as item_id, {isBirth} as is_birth, {isReturn} as is_return,
                    arrayFilter(passed -> passed >= 0, [{passes}]) as passes, {keys} as row_keys
                from ({rows}) where person != '' and {filter} and (is_birth or is_return)
            )
            group by person
            having arrayExists(step -> step.5 = 1, journey)
            """);
        var births = Sql.Of($"""
            select person, arrayMap(step -> step.1, journey) as times, arrayMap(step -> step.6, journey) as returns, arrayMap(step -> step.7, journey) as passes, arrayMap(step -> step.8, journey) as row_keys,
                arrayMap(at -> toInt64(at), arrayEnumerate(journey)) as places, {Births(rules)} as births
            from ({people})
            """);
        var bits = Bits(definition, rules);
        var lives = Sql.Of($"""
            select person, life.1 as birth_row, life.2 as bits, arrayJoin(life.3) as compared, arrayJoin({(definition.Breakdowns.Count == 0 ? Sql.Of($"[(1, {NoKeys})]") : Sql.Of($"[(1, {NoKeys}), (0, life.4)]"))}) as named
            from (
                select person, arrayJoin(arrayMap(birth -> ({RowOf(rules, Sql.Of($"times[birth]"))}, {bits}, passes[birth], row_keys[birth]), births)) as life
                from ({births})
            )
            """);
        long[] complete = [.. Enumerable.Range(0, rules.RowCount).Select(row => (long)plan.Complete[row])];
        var query = Sql.Of($"""
            select compared, whole, keys, counted.1 as birth_row, counted.3 as complete, count() as people, sumForEach(counted.2) as counts
            from (
                select compared, whole, keys, arrayJoin(arrayConcat(
                    arrayMap(one -> (one.1, one.2, toInt64(0)), rows),
                    [(toInt64(-1), arrayMap(bucket -> toUInt8(arrayExists(one -> one.2[bucket] = 1 and {complete}[one.1 + 1] >= bucket, rows)), range(1, {rules.BucketCount + 1L})), arrayMax(arrayMap(one -> {complete}[one.1 + 1], rows)))])) as counted
                from (
                    select person, compared, whole, keys, groupArray((birth_row, bits)) as rows
                    from (select person, compared, named.1 as whole, named.2 as keys, birth_row, maxForEach(bits) as bits from ({lives}) group by person, compared, whole, keys, birth_row)
                    group by person, compared, whole, keys
                )
            )
            group by compared, whole, keys, birth_row, complete
            """);
        return new(query, lake.Uploads(), lake.Version.Delta.Version);
    }

    static Sql NoKeys { get; } = Sql.Of($"CAST([], 'Array(String)')");

    /// <summary>The places of the births that count, ascending.</summary>
    static Sql Births(RetentionRules rules)
    {
        var inRange = Sql.Of($"arrayFilter((place, ms, step) -> step.5 = 1 and ms >= {rules.FromMs} and ms < {rules.UntilMs}, places, times, journey)");
        return rules.Births switch
        {
            Definitions.Births.FirstInRange => Sql.Of($"arraySlice({inRange}, 1, 1)"),
            // One before the range leaves none in it.
            Definitions.Births.FirstEver => Sql.Of($"if(arrayExists((ms, step) -> step.5 = 1 and ms < {rules.FromMs}, times, journey), [], arraySlice({inRange}, 1, 1))"),
            Definitions.Births.Recurring => Sql.Of($"""
                arrayMap(born -> arrayFilter((place, spell, before) -> spell != before, born, arrayMap(place -> {SpellOf(rules, Sql.Of($"times[place]"))}, born),
                    arraySlice(arrayPushFront(arrayMap(place -> {SpellOf(rules, Sql.Of($"times[place]"))}, born), {long.MinValue}), 1, length(born))), [{inRange}])[1]
                """),
        };
    }

    /// <summary>For each bucket 1 where the person counts in it after a birth.</summary>
    static Sql Bits(RetentionDefinition definition, RetentionRules rules)
    {
        var steps = Sql.Of($"""
            arrayMap(ms -> {StepOf(rules, Sql.Of($"times[birth]"), Sql.Of($"ms"))}, arrayFilter((ms, is_return, place) -> is_return = 1 and ms >= times[birth]{(rules.BirthReturns ? Sql.Nothing : Sql.Of($" and place != birth"))}, times, returns, places))
            """);
        long[] froms = [.. definition.Buckets.Select(bucket => (long)bucket.From)], untils = [.. definition.Buckets.Select(bucket => (long)bucket.Until)];
        var on = Sql.Of($"arrayMap(steps -> arrayMap((since, until) -> toUInt8(arrayExists(step -> step >= since and step < until, steps)), {froms}, {untils}), [{steps}])[1]");
        return rules.Criterion switch
        {
            RetentionCriterion.On => on,
            RetentionCriterion.OnOrAfter => Sql.Of($"arrayMap(steps -> arrayMap(since -> toUInt8(arrayExists(step -> step >= since, steps)), {froms}), [{steps}])[1]"),
            RetentionCriterion.OnOrBefore => Sql.Of($"arrayMap(so_far -> toUInt8(so_far > 0), arrayCumSum({on}))"),
            RetentionCriterion.Streak => Sql.Of($"arrayMap(missed -> toUInt8(missed = 0), arrayCumSum(arrayMap(bit -> 1 - bit, {on})))"),
        };
    }

    static Sql RowOf(RetentionRules rules, Sql ms) => IndexIn(rules.RowStartsMs, ms);

    static Sql SpellOf(RetentionRules rules, Sql ms) => rules.IsRounded ? OriginOf(rules, ms) : RowOf(rules, ms);

    /// <summary>What a birth's buckets are counted from: Unix milliseconds, or a number of the calendar's units.</summary>
    static Sql OriginOf(RetentionRules rules, Sql ms)
    {
        if (rules.StepMs == 0) return IndexIn(rules.UnitStartsMs, ms);
        if (!rules.IsRounded) return ms;
        long[] froms = [.. rules.Offsets.Select(offset => Math.Max(offset.FromMs, long.MinValue / 2))], offsets = [.. rules.Offsets.Select(offset => offset.OffsetMs)];
        return Sql.Of($"({ms} - positiveModulo({ms} + transform(roundDown({ms}, {froms}), {froms}, {offsets}, toInt64(0)), 3600000))");
    }

    static Sql StepOf(RetentionRules rules, Sql birthMs, Sql ms) => rules.StepMs == 0
        ? Sql.Of($"intDiv({IndexIn(rules.UnitStartsMs, ms)} - {OriginOf(rules, birthMs)}, {(long)rules.UnitsPerStep})")
        : Sql.Of($"intDiv({ms} - {OriginOf(rules, birthMs)}, {rules.StepMs})");

    /// <summary>Which of some ascending moments is the last at or before a moment, from 0; the first, where all are later.</summary>
    static Sql IndexIn(IReadOnlyList<long> startsMs, Sql ms) =>
        Sql.Of($"transform(roundDown({ms}, {startsMs}), {startsMs}, {[.. Enumerable.Range(0, startsMs.Count).Select(index => (long)index)]}, toInt64(-1))");
}
