using Cairn.Query.Turns;

namespace Cairn.Query.Journeys;

/// <summary>The workers of one report, who are hired once and work through slice after slice.</summary>
/// <param name="hire">Makes a worker, on its own thread.</param>
/// <param name="work">What is done with each shard.</param>
sealed class CrewOfWorkers<TWorker>(ReportTurn turn, Func<TWorker> hire, Action<TWorker, JourneyShard> work)
{
    readonly List<TWorker> workers = [];

    /// <summary>Works through a slice; gives the workers hired so far, in the shards' order.</summary>
    public async Task<IReadOnlyList<TWorker>> RunAsync(JourneySlice slice, bool withNobody, CancellationToken cancellationToken)
    {
        var shares = Shares(withNobody ? [.. slice.Shards, .. slice.Nobody] : slice.Shards, Environment.ProcessorCount);
        // Threads of their own: those that wait for a core are parked, and the pool's are others' to use.
        var worked = await Task.WhenAll(shares.Select((share, index) => Task.Factory.StartNew(
            () => Work(index, share), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        workers.AddRange(worked[Math.Min(workers.Count, worked.Length)..]);
        return workers;
    }

    TWorker Work(int index, List<JourneyShard> share)
    {
        using var own = turn.Hire();
        own.Take();
        try
        {
            var worker = index < workers.Count ? workers[index] : hire();
            foreach (var shard in share)
            {
                own.Pause();
                shard.Columns.Turn = own;
                work(worker, shard);
            }
            return worker;
        }
        finally
        {
            own.Give();
        }
    }

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
