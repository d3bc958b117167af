using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Journeys;

/// <summary>A report's rows by person, in memory.</summary>
/// <param name="turns">Who shares out the cores.</param>
/// <param name="shards">Those of people; no person counts in two.</param>
/// <param name="nobody">Rows that say nothing of who; they count in totals.</param>
sealed class OpenedJourneys(string projectId, ScanContext context, ReportTurns turns, IReadOnlyList<JourneyShard> shards, IReadOnlyList<JourneyShard> nobody)
{
    public ScanContext Context => context;

    /// <summary>The ids of persons by their codes.</summary>
    public TextPool Persons => context.Persons.Pool;

    public IReadOnlyList<JourneyShard> Shards => shards;

    /// <summary>The rows of nobody: shards without persons, usually none or one.</summary>
    public IReadOnlyList<JourneyShard> Nobody => nobody;

    public long RowCount => shards.Concat(nobody).Sum(shard => (long)shard.RowCount);

    /// <summary>
    /// Has one worker per core work through neighbouring shards each; gives the workers in the shards' order, so that joining what they
    /// found is repeatable.
    /// </summary>
    /// <param name="hire">Makes a worker, on its own thread.</param>
    /// <param name="work">What is done with each shard.</param>
    /// <param name="withNobody">Whether the rows of nobody are worked through as well, the last worker's last.</param>
    /// <exception cref="OperationCanceledException">Cancelled; looked for between shards, and by scans every few thousand rows.</exception>
    /// <exception cref="ReportsBusyException">Too many reports wait already.</exception>
    public async Task<IReadOnlyList<TWorker>> RunAsync<TWorker>(
        Func<TWorker> hire, Action<TWorker, JourneyShard> work, CancellationToken cancellationToken, bool withNobody = false)
    {
        using var turn = await turns.BeginAsync(projectId, cancellationToken);
        // Threads of their own: those that wait for a core are parked, and the pool's are others' to use.
        var tasks = Shares(withNobody ? [.. shards, .. nobody] : shards, Environment.ProcessorCount).Select(share => Task.Factory.StartNew(
            () => Work(turn, share, hire, work), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        return await Task.WhenAll(tasks);
    }

    static TWorker Work<TWorker>(ReportTurn report, List<JourneyShard> share, Func<TWorker> hire, Action<TWorker, JourneyShard> work)
    {
        using var turn = report.Hire();
        turn.Take();
        try
        {
            var worker = hire();
            foreach (var shard in share)
            {
                turn.Pause();
                shard.Columns.Turn = turn;
                work(worker, shard);
            }
            return worker;
        }
        finally
        {
            turn.Give();
        }
    }

    public Coverage Covered(TimeSpan elapsed) => new(context.Snapshot.DataUpToMs, RowCount, context.Count.Bytes, elapsed.TotalMilliseconds);

    static List<List<JourneyShard>> Shares(IReadOnlyList<JourneyShard> all, int count)
    {
        var perShare = all.Sum(shard => (long)shard.RowCount) / count + 1;
        var shares = new List<List<JourneyShard>> { new() };
        var rows = 0L;
        foreach (var shard in all)
        {
            // A shard goes where most of it belongs.
            if (rows + shard.RowCount / 2 >= perShare * shares.Count && shares.Count < count) shares.Add([]);
            shares[^1].Add(shard);
            rows += shard.RowCount;
        }
        return shares;
    }
}
