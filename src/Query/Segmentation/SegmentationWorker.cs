using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Query.Sessions;
using Cairn.Query.Turns;

namespace Cairn.Query.Segmentation;

/// <summary>Counts the rows of some of a report's shards. Each thread has its own; what they counted is joined afterwards.</summary>
sealed class SegmentationWorker
{
    readonly SegmentationPlan plan;
    readonly ChosenSeries? only;
    readonly CellWatch? watch;
    readonly LineScan[] lines;
    JourneyShard? current;

    /// <param name="only">Series that are counted one by one; null: all.</param>
    /// <param name="watched">The cell whose people are noted; null: none.</param>
    public SegmentationWorker(SegmentationPlan plan, ReportMemory memory, ChosenSeries? only, WatchedCell? watched = null)
    {
        (this.plan, this.only) = (plan, only);
        Groups = new(plan.Definition.Switches.MissingKey, memory);
        Values = new(null, memory);
        Tally = plan.NewTally(memory);
        Sessions = plan.NeedsSessions ? new(plan.Definition.Switches.Sessions, plan.Definition.Project.Zone) : null;
        watch = watched is null ? null : new(plan, watched, memory);
        var global = plan.Definition.Filter is null ? null : RowFilter.Of(plan.Definition.Filter);
        lines = [.. plan.Lines.Select((line, index) => new LineScan(this, plan, line, index, global))];
    }

    public SeriesTable Series { get; } = new();

    public SeriesTally Tally { get; }

    /// <summary>The values met by each line's breakdowns; lines share what they break down by.</summary>
    public GroupKeys Groups { get; }

    /// <summary>The values met by a measure that tells them apart.</summary>
    public GroupKeys Values { get; }

    /// <summary>The sessions of the current shard's rows; null where they don't matter.</summary>
    public RowSessions? Sessions { get; }

    public RowBatch Batch { get; } = new();

    /// <summary>The number of the current shard's first person; persons of one worker are numbered from 0.</summary>
    public int FirstPerson { get; private set; }

    public bool IsWatching => watch is not null;

    /// <summary>Codes of the people of the watched cell with the number of each, once all is counted.</summary>
    public IReadOnlyList<(int Person, double Number)> Watched => watch!.People();

    public void Scan(JourneyShard shard)
    {
        current = shard;
        Sessions?.Fill(shard);
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
        var isChosen = only is null || only.Names.Contains(NamedSeries.Of(key, Groups.Texts));
        if (!isChosen && !(only!.WithOther && plan.Lines[key.Line].Kind == LineKind.Values)) return -1;
        var index = Series.IndexOf(isChosen ? key : SeriesKey.Other(key.Line));
        Tally.Grow(Series.Keys.Count);
        return index;
    }

    public void Flush()
    {
        if (watch is null) Tally.Count(Batch);
        else watch.Count(Batch, Series, current!, FirstPerson);
        Batch.Count = 0;
    }
}

/// <summary>The series that are counted one by one.</summary>
/// <param name="Names">By what they are called.</param>
/// <param name="WithOther">Whether the others of a line with breakdowns are counted as one; otherwise they are passed over.</param>
sealed record ChosenSeries(IReadOnlySet<NamedSeries> Names, bool WithOther);
