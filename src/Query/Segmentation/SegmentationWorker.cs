using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Query.Segmentation;

/// <summary>Scans some of a report's parts and gathers what counts. Each thread has its own; their gatherings are joined afterwards.</summary>
sealed class SegmentationWorker
{
    readonly SegmentationPlan plan;
    readonly LineScan[] lines;

    public SegmentationWorker(SegmentationPlan plan)
    {
        this.plan = plan;
        Rows = new(plan.NeedsPersons, plan.Value is not null);
        Groups = new(plan.Definition.Switches.MissingKey);
        var definition = plan.Definition;
        var global = definition.Filter is null ? null : RowFilter.Of(definition.Filter);
        lines = [.. plan.Lines.Select((line, index) => new LineScan(this, line, index, global))];
    }

    public GatheredRows Rows { get; }

    public SeriesTable Series { get; } = new();

    /// <summary>The values met by each line's breakdowns; lines share what they break down by.</summary>
    public GroupKeys Groups { get; }

    /// <summary>Rows looked at.</summary>
    public long RowsRead { get; private set; }

    public void Scan(PartColumns part)
    {
        RowsRead += part.RowCount;
        foreach (var line in lines) line.Scan(part);
    }

    /// <summary>One line under one compared filter.</summary>
    sealed class LineScan
    {
        readonly SegmentationWorker worker;
        readonly SeriesKey seriesKey;
        readonly EventScan events;
        readonly ValueMemo<int>[] breakdowns;
        readonly ValueMemo<double>? value;

        /// <summary>With one breakdown: the series of each of its values, -1 where it has none yet.</summary>
        int[] seriesByGroup = [];

        public LineScan(SegmentationWorker worker, PlannedLine line, int lineIndex, RowFilter? global)
        {
            this.worker = worker;
            seriesKey = new(lineIndex);
            var filters = new List<RowFilter>();
            if (global is not null) filters.Add(global);
            if (line.Compared is not null) filters.Add(RowFilter.Of(line.Compared));
            if (line.Selection.Filter is not null) filters.Add(RowFilter.Of(line.Selection.Filter));
            events = new(line.Selection, filters);
            breakdowns = [.. line.Breakdowns.Select(breakdown => new ValueMemo<int>(breakdown, worker.Groups.NumberOf))];
            // A number is what it is; NaN says that there is none.
            value = worker.plan.Value is null ? null : new(worker.plan.Value, found => found.Kind == ValueKind.Number ? found.Number : double.NaN);
        }

        public void Scan(PartColumns part)
        {
            var rows = events.Pick(part, worker.plan.Definition.Range);
            if (rows.Length == 0) return;
            var groups = new int[breakdowns.Length][];
            for (var i = 0; i < groups.Length; i++) breakdowns[i].Evaluate(part, rows, groups[i] = new int[rows.Length]);
            var values = value is null ? [] : new double[rows.Length];
            value?.Evaluate(part, rows, values);
            var times = part.Times.Values;
            var (persons, buckets, hint) = (part.Persons?.Codes, worker.plan.Buckets, 0);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[i];
                var number = values.Length == 0 ? 0 : values[i];
                if (double.IsNaN(number)) continue;
                var (bucket, person) = (buckets.IndexOf(times[row], ref hint), persons is null ? -1 : persons[row]);
                if (groups.Length == 0) worker.Rows.Add(SeriesOf(0), bucket, person, number);
                else if (groups.Length == 1 && groups[0][i] >= 0) worker.Rows.Add(SeriesOf(groups[0][i]), bucket, person, number);
                else Add(seriesKey, 0, groups, i, bucket, person, number);
            }
        }

        /// <summary>The series of the only breakdown's value, or of the line where it has no breakdown.</summary>
        int SeriesOf(int group)
        {
            if (group >= seriesByGroup.Length)
            {
                var known = seriesByGroup.Length;
                Array.Resize(ref seriesByGroup, Math.Max(16, (group + 1) * 2));
                seriesByGroup.AsSpan(known).Fill(-1);
            }
            ref var series = ref seriesByGroup[group];
            if (series < 0) series = worker.Series.IndexOf(breakdowns.Length == 0 ? seriesKey : seriesKey.With(0, group));
            return series;
        }

        /// <summary>Adds a row to its series, however many breakdowns there are: to several series where a value is a list.</summary>
        void Add(in SeriesKey key, int breakdown, int[][] groups, int index, int bucket, int person, double number)
        {
            if (breakdown == groups.Length)
            {
                worker.Rows.Add(worker.Series.IndexOf(key), bucket, person, number);
                return;
            }
            var group = groups[breakdown][index];
            if (group >= 0) Add(key.With(breakdown, group), breakdown + 1, groups, index, bucket, person, number);
            else
                foreach (var element in worker.Groups.ElementsOf(group))
                    Add(key.With(breakdown, element), breakdown + 1, groups, index, bucket, person, number);
        }
    }
}
