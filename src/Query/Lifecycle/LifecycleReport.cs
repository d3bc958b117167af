using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using NodaTime;

namespace Cairn.Query.Lifecycle;

/// <summary>Answers lifecycle reports: who is new, still here, back again or gone.</summary>
public sealed class LifecycleReport(ReportReader reader, TimeProvider clock)
{
    /// <summary>The report's answer.</summary>
    /// <exception cref="DefinitionException">It can't be asked.</exception>
    /// <exception cref="ExpressionException">A condition met a value it can't judge.</exception>
    public async Task<LifecycleAnswer> AnswerAsync(LifecycleDefinition definition, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var intervals = new LifecycleIntervals(definition);
        using var opened = await OpenAsync(definition, cancellationToken);
        var workers = await WorkAsync(definition, opened, intervals, null, cancellationToken);
        int Sum(int row, LifecycleStatus status) => workers.Sum(worker => worker.Counts[row, (int)status]);
        var rows = Enumerable.Range(0, intervals.Count).Select(row => new LifecycleRow(
            intervals.Starts[row],
            Sum(row, LifecycleStatus.New),
            Sum(row, LifecycleStatus.Current),
            Sum(row, LifecycleStatus.Resurrected),
            Sum(row, LifecycleStatus.Dormant),
            intervals.StartsMs[row + 2] <= definition.Now.ToUnixTimeMilliseconds())).ToArray();
        return new(rows, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    /// <summary>The people behind one number of the answer, by the order of their ids: as many as the number says.</summary>
    /// <exception cref="DefinitionException">There is no such number.</exception>
    public async Task<(IReadOnlyList<string> People, Coverage Coverage)> PeopleAsync(LifecycleDefinition definition, LifecycleCell cell, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var intervals = new LifecycleIntervals(definition);
        var row = intervals.Starts.Select(start => start.Date).ToList().IndexOf(cell.Row);
        if (row < 0) throw new DefinitionException("people.row", $"no interval begins on {cell.Row:uuuu-MM-dd}; the answer names them");
        using var opened = await OpenAsync(definition, cancellationToken);
        var workers = await WorkAsync(definition, opened, intervals, (row, cell.Status), cancellationToken);
        var people = workers.SelectMany(worker => worker.Watched).Select(person => opened.Persons[person]).Order(StringComparer.Ordinal).ToArray();
        return (people, opened.Covered(clock.GetElapsedTime(startedAt)));
    }

    Task<OpenedJourneys> OpenAsync(LifecycleDefinition definition, CancellationToken cancellationToken)
    {
        var properties = new HashSet<PropertyReference>();
        foreach (var filter in definition.Events.Select(selection => selection.Filter).Append(definition.Filter))
            if (filter is not null) properties.UnionWith(CompiledExpression.Compile(filter).Inputs);
        return reader.OpenJourneysAsync(definition.Project, properties, cancellationToken);
    }

    static Task<IReadOnlyList<Worker>> WorkAsync(
        LifecycleDefinition definition, OpenedJourneys opened, LifecycleIntervals intervals, (int Row, LifecycleStatus Status)? watched, CancellationToken cancellationToken) =>
        opened.RunAsync(() => new Worker(definition, intervals, watched), (worker, shard) => worker.Work(shard), cancellationToken);

    /// <summary>Counts the people of some shards. Each thread has its own.</summary>
    sealed class Worker(LifecycleDefinition definition, LifecycleIntervals intervals, (int Row, LifecycleStatus Status)? watched)
    {
        readonly StepScan scan = new([StepCondition.Of(definition.Events)], definition.Filter);
        readonly LifecycleStatus[] statuses = new LifecycleStatus[intervals.Count];
        readonly TimeRange range = TimeRange.Ever with { Until = Instant.FromUnixTimeMilliseconds(intervals.StartsMs[^1]) };

        /// <summary>By interval and status.</summary>
        public int[,] Counts { get; } = new int[intervals.Count, (int)LifecycleStatus.Dormant + 1];

        /// <summary>Codes of the people of the cell that is watched.</summary>
        public List<int> Watched { get; } = [];

        public void Work(JourneyShard shard)
        {
            var matches = scan.Match(shard, range);
            for (var place = 0; place < matches.PersonCount; place++)
            {
                LifecycleKernel.FindStatuses(matches.Times[matches.Starts[place]..matches.Starts[place + 1]], intervals.StartsMs, intervals.Begun, statuses);
                for (var row = 0; row < statuses.Length; row++) Counts[row, (int)statuses[row]]++;
                if (watched is { } cell && statuses[cell.Row] == cell.Status) Watched.Add(shard.Persons[matches.Places[place]]);
            }
        }
    }
}
