using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>Counts the rows of some of a report's shards. Each thread has its own; what they counted is joined afterwards.</summary>
sealed class SegmentationWorker
{
    readonly IReadOnlySet<NamedSeries>? only;
    readonly LineScan[] lines;

    /// <param name="only">Series that are counted, others are passed over; null: all.</param>
    public SegmentationWorker(SegmentationPlan plan, ReportMemory memory, IReadOnlySet<NamedSeries>? only)
    {
        this.only = only;
        Groups = new(plan.Definition.Switches.MissingKey, memory);
        Tally = plan.NewTally(memory);
        var global = plan.Definition.Filter is null ? null : RowFilter.Of(plan.Definition.Filter);
        lines = [.. plan.Lines.Select((line, index) => new LineScan(this, plan, line, index, global))];
    }

    public SeriesTable Series { get; } = new();

    public SeriesTally Tally { get; }

    /// <summary>The values met by each line's breakdowns; lines share what they break down by.</summary>
    public GroupKeys Groups { get; }

    public RowBatch Batch { get; } = new();

    /// <summary>The number of the current shard's first person; persons of one worker are numbered from 0.</summary>
    public int FirstPerson { get; private set; }

    public void Scan(JourneyShard shard)
    {
        foreach (var line in lines)
        {
            shard.Columns.Turn?.Pause();
            line.Scan(shard);
        }
        FirstPerson += shard.PersonCount;
    }

    /// <summary>The index of a series; -1 where it is passed over.</summary>
    public int IndexOf(in SeriesKey key)
    {
        if (only is not null && !only.Contains(NamedSeries.Of(key, Groups.Texts))) return -1;
        var index = Series.IndexOf(key);
        Tally.Grow(Series.Keys.Count);
        return index;
    }

    public void Flush()
    {
        Tally.Count(Batch);
        Batch.Count = 0;
    }
}
