namespace Cairn.Query.Turns;

/// <summary>
/// The memory for columns, as reports at work take it: a column that several read is taken once. Who finds no room waits until others are done, those who
/// need least first; whose columns are all at hand never waits.
/// </summary>
/// <param name="budgetBytes">What all together may take. One report alone always has room.</param>
/// <param name="clock">Measures how long somebody waits.</param>
sealed class ColumnRoom(long budgetBytes, TimeProvider clock)
{
    /// <summary>How long who needs much lets others go first.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    readonly Lock gate = new();
    readonly Dictionary<string, (int Reports, long Bytes)> inUse = new(StringComparer.Ordinal);
    readonly LinkedList<Waiting> waiting = [];
    long taken;

    /// <summary>Bytes taken now.</summary>
    public long Bytes { get { lock (gate) return taken; } }

    /// <summary>Waits for room; to be disposed of when the columns are read no more.</summary>
    /// <param name="needs">Bytes of each column, by a name that is the same in every report.</param>
    public async ValueTask<IDisposable> TakeAsync(IReadOnlyDictionary<string, long> needs, CancellationToken cancellationToken)
    {
        Waiting own;
        lock (gate)
        {
            if ((waiting.Count == 0 || MoreFor(needs) == 0) && TryTake(needs)) return new Taken(this, needs);
            own = new(needs, clock.GetTimestamp());
            waiting.AddLast(own);
            LetIn();
        }
        await using var leaving = cancellationToken.Register(() => GiveUp(own));
        await own.Turn.Task;
        if (!cancellationToken.IsCancellationRequested) return new Taken(this, needs);
        Give(needs);
        throw new OperationCanceledException(cancellationToken);
    }

    void Give(IReadOnlyDictionary<string, long> needs)
    {
        lock (gate)
        {
            foreach (var (column, _) in needs)
            {
                var (reports, bytes) = inUse[column];
                if (reports > 1) inUse[column] = (reports - 1, bytes);
                else
                {
                    inUse.Remove(column);
                    taken -= bytes;
                }
            }
            LetIn();
        }
    }

    void LetIn()
    {
        while (waiting.First is { } oldest)
        {
            // Whoever needs much is passed by for a while, not for ever.
            var next = clock.GetElapsedTime(oldest.Value.Since) >= Patience ? oldest.Value : waiting.MinBy(one => MoreFor(one.Needs))!;
            if (!TryTake(next.Needs)) return;
            waiting.Remove(next);
            next.Turn.SetResult();
        }
    }

    bool TryTake(IReadOnlyDictionary<string, long> needs)
    {
        var more = MoreFor(needs);
        if (more > 0 && taken > 0 && taken + more > budgetBytes) return false;
        foreach (var (column, bytes) in needs)
            if (inUse.TryGetValue(column, out var known)) inUse[column] = (known.Reports + 1, known.Bytes);
            else
            {
                inUse.Add(column, (1, bytes));
                taken += bytes;
            }
        return true;
    }

    long MoreFor(IReadOnlyDictionary<string, long> needs)
    {
        var more = 0L;
        foreach (var (column, bytes) in needs)
            if (!inUse.ContainsKey(column)) more += bytes;
        return more;
    }

    void GiveUp(Waiting one)
    {
        lock (gate)
        {
            // Who has been let in meanwhile gives the room back by himself.
            if (!waiting.Remove(one)) return;
            LetIn();
        }
        one.Turn.SetCanceled();
    }

    sealed class Waiting(IReadOnlyDictionary<string, long> needs, long since)
    {
        public IReadOnlyDictionary<string, long> Needs => needs;
        public long Since => since;
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    sealed class Taken(ColumnRoom room, IReadOnlyDictionary<string, long> needs) : IDisposable
    {
        bool isGiven;

        public void Dispose()
        {
            if (isGiven) return;
            isGiven = true;
            room.Give(needs);
        }
    }
}
