using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>Counts one line of a report under one compared filter.</summary>
sealed class LineScan
{
    const int Unknown = -2;

    /// <summary>What is passed over has this for a series.</summary>
    const int NoSeries = -1;

    /// <summary>What a row has for a number that has no value to tell apart.</summary>
    const int NoValue = int.MinValue;

    readonly SegmentationWorker worker;
    readonly SegmentationPlan plan;
    readonly SeriesKey seriesKey;
    readonly EventScan events;
    readonly ValueMemo<int>[] breakdowns;
    readonly NumberReader? number;
    readonly ValueMemo<int>? values;
    readonly bool countsEverything;
    readonly bool isSeriesKnownByValue;
    readonly int[][] groups;
    double[] numbers = [];
    int[] seriesOfRows = [];
    bool hasLists;
    int[] valueNumbers = [];

    /// <summary>The row that was last counted as one of those which the limit left out: a list's elements may lead there several times.</summary>
    int lastOther;

    /// <summary>With one breakdown: the series of each of its values; <see cref="Unknown"/> where it was not met yet.</summary>
    int[] seriesByGroup = [];

    public LineScan(SegmentationWorker worker, SegmentationPlan plan, PlannedLine line, int lineIndex, RowFilter? global)
    {
        (this.worker, this.plan) = (worker, plan);
        seriesKey = new(lineIndex);
        var filters = new List<RowFilter>();
        if (global is not null) filters.Add(global);
        if (line.Compared is not null) filters.Add(RowFilter.Of(line.Compared));
        if (line.Selection.Filter is not null) filters.Add(RowFilter.Of(line.Selection.Filter));
        events = new(line.Selection, filters);
        breakdowns = [.. line.Breakdowns.Select(breakdown => new ValueMemo<int>(breakdown, IsSeriesKnownByValue(plan, line) ? SeriesOf : worker.Groups.NumberOf))];
        isSeriesKnownByValue = IsSeriesKnownByValue(plan, line);
        groups = [.. breakdowns.Select(_ => Array.Empty<int>())];
        number = plan.Value is null || plan.TellsValuesApart ? null : new(plan.Value);
        values = plan.Value is not null && plan.TellsValuesApart ? new(plan.Value, value => value.IsMissing || value is { Kind: ValueKind.List, Items.Count: 0 } ? NoValue : worker.Values.NumberOf(value)) : null;
        countsEverything = filters.Count == 0 && line.Selection.Names is null && breakdowns.Length == 0;
    }

    public void Scan(JourneyShard shard)
    {
        var part = shard.Columns;
        if (countsEverything && plan.CountsPersonsOnly && plan.Axis.IsPlain && !worker.IsWatching && shard.PersonCount > 0 && part.IsWithin(plan.Definition.Range))
        {
            if (SeriesOf(0) is not (>= 0 and var series)) return;
            foreach (var (from, until) in shard.PersonRuns())
                worker.Tally.CountPersons(shard.Times, shard.Starts[from..(until + 1)], plan.Axis.Shown, series, worker.FirstPerson + from);
            return;
        }
        var rows = events.Pick(part, plan.ScanRange);
        if (rows.Length == 0) return;
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i].Length < rows.Length) groups[i] = new int[part.RowCount];
            breakdowns[i].Evaluate(part, rows, groups[i].AsSpan(0, rows.Length));
        }
        if (number is not null)
        {
            if (numbers.Length < rows.Length) numbers = new double[part.RowCount];
            number.Read(part, rows, numbers.AsSpan(0, rows.Length));
        }
        if (values is not null) ReadValues(part, rows, values);
        if (worker.Sessions is { } sessions) CountBySession(shard, rows, sessions.OfRows);
        else if (!TryCountStraight(shard, rows)) Count(shard, rows);
    }

    /// <summary>Counts rows without a batch, where each is in one series at most and the measure looks at one row after the other.</summary>
    bool TryCountStraight(JourneyShard shard, ReadOnlySpan<int> rows)
    {
        if (groups.Length > 1 || hasLists || worker.IsWatching || !worker.Tally.TakesLineRows) return false;
        // All series are met before a row is counted, for the tally grows with them.
        Span<int> series = [];
        var only = 0;
        if (groups.Length == 1) series = isSeriesKnownByValue ? groups[0].AsSpan(0, rows.Length) : SeriesOfNumbers(shard, rows.Length);
        else if (HasNumber(rows.Length)) only = SeriesOf(0);
        else return true;
        if (only < 0) return true;
        if (hasLists || !worker.Tally.TakesLineRows) return false;
        worker.Tally.Count(new LineRows
        {
            Rows = rows,
            Series = series,
            OnlySeries = only,
            Numbers = number is null ? [] : numbers.AsSpan(0, rows.Length),
            Times = shard.Times,
            Slots = shard.Slots,
            Starts = shard.Starts,
            PersonCount = shard.PersonCount,
            FirstPerson = worker.FirstPerson,
            Buckets = plan.Axis.Counted,
        });
        return true;
    }

    /// <summary>Each row's series; of those without a number none, for a value that only they have is no series.</summary>
    Span<int> SeriesOfNumbers(JourneyShard shard, int count)
    {
        if (seriesOfRows.Length < count) seriesOfRows = new int[shard.RowCount];
        for (var i = 0; i < count && !hasLists; i++)
        {
            hasLists = groups[0][i] < 0;
            seriesOfRows[i] = hasLists || double.IsNaN(numbers[i]) ? NoSeries : SeriesOf(groups[0][i]);
        }
        return seriesOfRows.AsSpan(0, count);
    }

    bool HasNumber(int count)
    {
        if (number is null) return true;
        foreach (var value in numbers.AsSpan(0, count))
            if (!double.IsNaN(value)) return true;
        return false;
    }

    void ReadValues(PartColumns part, ReadOnlySpan<int> rows, ValueMemo<int> values)
    {
        if (numbers.Length < rows.Length) (numbers, valueNumbers) = (new double[part.RowCount], new int[part.RowCount]);
        values.Evaluate(part, rows, valueNumbers.AsSpan(0, rows.Length));
        for (var i = 0; i < rows.Length; i++) numbers[i] = valueNumbers[i] == NoValue ? double.NaN : valueNumbers[i];
    }

    void Count(JourneyShard shard, ReadOnlySpan<int> rows)
    {
        var times = shard.Times;
        var starts = shard.Starts;
        var buckets = plan.Axis.Counted;
        var fromMs = plan.Definition.Range.FromMs;
        lastOther = -1;
        // Rows ascend, so persons do: each is found by going on from the last.
        var (place, personEnd) = (-1, 0);
        for (var i = 0; i < rows.Length; i++)
        {
            var value = numbers.Length == 0 ? 0 : numbers[i];
            if (double.IsNaN(value)) continue;
            var row = rows[i];
            while (row >= personEnd && place + 1 < shard.PersonCount) personEnd = starts[++place + 1];
            var person = place < 0 ? -1 : worker.FirstPerson + place;
            var bucket = buckets.IndexOf(times[row]);
            if (times[row] < fromMs) bucket = ~bucket;
            if (values is not null && value < 0) AddElements(i, bucket, person, (int)value);
            else AddRow(i, bucket, person, value);
        }
        worker.Flush();
    }

    /// <summary>Counts rows session by session: as persons where sessions are what is counted, as their values where each person's are.</summary>
    void CountBySession(JourneyShard shard, ReadOnlySpan<int> rows, ReadOnlySpan<int> sessions)
    {
        lastOther = -1;
        var (asPersons, fromMs) = (plan.Metric.Measure is Measure.Sessions && !worker.IsWatching, plan.Definition.Range.FromMs);
        foreach (var i in BySession(rows, sessions))
        {
            var (row, timeMs) = (rows[i], shard.Times[rows[i]]);
            var bucket = plan.Axis.Counted.IndexOf(timeMs);
            if (timeMs < fromMs) bucket = ~bucket;
            if (asPersons) AddRow(i, bucket, sessions[row], 0);
            else AddRow(i, bucket, PersonOf(shard, row), sessions[row]);
        }
        worker.Flush();
    }

    /// <summary>The indexes of rows that are in a session, those of one session together.</summary>
    static int[] BySession(ReadOnlySpan<int> rows, ReadOnlySpan<int> sessions)
    {
        var (indexes, keys, count, ascends) = (new int[rows.Length], new int[rows.Length], 0, true);
        for (var i = 0; i < rows.Length; i++)
        {
            if (sessions[rows[i]] is not (>= 0 and var session)) continue;
            ascends &= count == 0 || keys[count - 1] <= session;
            (indexes[count], keys[count]) = (i, session);
            count++;
        }
        // Sessions that are told by time follow one another; those told by an id may run side by side.
        if (!ascends) Array.Sort(keys, indexes, 0, count);
        return indexes[..count];
    }

    int PersonOf(JourneyShard shard, int row)
    {
        var found = shard.Starts.BinarySearch(row);
        return worker.FirstPerson + (found >= 0 ? found : ~found - 1);
    }

    void AddRow(int index, int bucket, int person, double value)
    {
        if (groups.Length == 0) Add(SeriesOf(0), bucket, person, value);
        else if (isSeriesKnownByValue && groups[0][index] >= NoSeries) Add(groups[0][index], bucket, person, value);
        else if (!isSeriesKnownByValue && groups.Length == 1 && groups[0][index] >= 0) Add(SeriesOf(groups[0][index]), bucket, person, value);
        else Add(seriesKey, 0, index, bucket, person, value);
    }

    /// <summary>Adds a row once for each element of its value, a list.</summary>
    void AddElements(int index, int bucket, int person, int list)
    {
        foreach (var element in worker.Values.ElementsOf(list))
        {
            lastOther = -1;
            if (worker.Values.Texts[element] is not null) Add(seriesKey, 0, index, bucket, person, element);
        }
    }

    void Add(int series, int bucket, int person, double value)
    {
        if (series < 0) return;
        worker.Batch.Add(series, bucket, person, value);
        if (worker.Batch.Count == RowBatch.Capacity) worker.Flush();
    }

    /// <summary>Whether a row's series follows from its value alone: with one breakdown, and where every row picked counts.</summary>
    static bool IsSeriesKnownByValue(SegmentationPlan plan, PlannedLine line) => line.Breakdowns.Count == 1 && plan.Value is null;

    /// <summary>What a value of the only breakdown comes to: its series, <see cref="NoSeries"/>, or less for a list (<see cref="ListOf"/>).</summary>
    int SeriesOf(Value value)
    {
        var group = worker.Groups.NumberOf(value);
        if (group >= 0) return SeriesOf(group);
        hasLists = true;
        return group + NoSeries;
    }

    /// <summary>The negative number of a list, of what <see cref="SeriesOf(Value)"/> said of it.</summary>
    static int ListOf(int found) => found - NoSeries;

    /// <summary>The series of the only breakdown's value, or of the line where it has no breakdown.</summary>
    int SeriesOf(int group)
    {
        if (group >= seriesByGroup.Length)
        {
            var known = seriesByGroup.Length;
            Array.Resize(ref seriesByGroup, Math.Max(16, (group + 1) * 2));
            seriesByGroup.AsSpan(known).Fill(Unknown);
        }
        ref var series = ref seriesByGroup[group];
        if (series == Unknown) series = worker.IndexOf(breakdowns.Length == 0 ? seriesKey : seriesKey.With(0, group));
        return series;
    }

    /// <summary>Adds a row to its series, however many breakdowns there are: to several series where a value is a list.</summary>
    void Add(in SeriesKey key, int breakdown, int index, int bucket, int person, double value)
    {
        if (breakdown == groups.Length)
        {
            var series = worker.IndexOf(key);
            if (series >= 0 && worker.Series.Keys[series].IsOther)
            {
                if (lastOther == index) return;
                lastOther = index;
            }
            Add(series, bucket, person, value);
            return;
        }
        var group = isSeriesKnownByValue ? ListOf(groups[0][index]) : groups[breakdown][index];
        if (group >= 0) Add(key.With(breakdown, group), breakdown + 1, index, bucket, person, value);
        else
            foreach (var element in worker.Groups.ElementsOf(group))
                Add(key.With(breakdown, element), breakdown + 1, index, bucket, person, value);
    }
}
