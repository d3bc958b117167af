using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Query.Turns;

namespace Cairn.Query.Journeys;

/// <summary>A report's rows by person: in memory, or streamed share by share where they are more than memory holds. To be disposed of with the answer.</summary>
sealed class OpenedJourneys : IDisposable
{
    readonly string projectId;
    readonly ReportTurns turns;
    readonly IDisposable room;
    readonly JourneySlice? whole;
    readonly StreamedJourneys? streamed;
    readonly Func<Task<ScanContext>> listAgain;

    /// <param name="turns">Who shares out the cores.</param>
    /// <param name="room">The memory that its columns take.</param>
    public OpenedJourneys(string projectId, ScanContext context, ReportTurns turns, ReportMemory memory, IDisposable room, JourneySlice whole)
        : this(projectId, context, turns, memory, room, () => Task.FromResult(context)) => this.whole = whole;

    /// <param name="listAgain">Lists rows and people anew, where a file went away before all shares were read.</param>
    public OpenedJourneys(string projectId, ScanContext context, ReportTurns turns, ReportMemory memory, IDisposable room, StreamedJourneys streamed, Func<Task<ScanContext>> listAgain)
        : this(projectId, context, turns, memory, room, listAgain) => this.streamed = streamed;

    OpenedJourneys(string projectId, ScanContext context, ReportTurns turns, ReportMemory memory, IDisposable room, Func<Task<ScanContext>> listAgain)
    {
        (this.projectId, this.turns, this.room, this.listAgain) = (projectId, turns, room, listAgain);
        (Context, Memory) = (context, memory);
    }

    public ScanContext Context { get; private set; }

    /// <summary>What the report may hold beside its columns.</summary>
    public ReportMemory Memory { get; }

    /// <summary>The ids of persons by their codes; of groups where these are counted.</summary>
    public TextPool Persons => Context.Owners.Pool;

    /// <summary>Whether the rows are read share by share.</summary>
    public bool IsStreamed => streamed is not null;

    /// <summary>Those of people, where all are in memory.</summary>
    public IReadOnlyList<JourneyShard> Shards => InMemory.Shards;

    /// <summary>The rows of nobody: shards without persons, usually none or one.</summary>
    public IReadOnlyList<JourneyShard> Nobody => InMemory.Nobody;

    public long RowCount => whole?.RowCount ?? Context.Snapshot.Parts.Sum(rows => (long)rows.Live.Count);

    JourneySlice InMemory => whole ?? throw new InvalidOperationException("these rows are streamed: each share is seen by who works through all");

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
        if (streamed is null) return await new CrewOfWorkers<TWorker>(turn, hire, work).RunAsync(InMemory, withNobody, cancellationToken);
        var isAgain = false;
        return await ReportReader.AgainWhereGoneAsync(async () =>
        {
            if (isAgain)
            {
                Context = await listAgain();
                Memory.GiveBack();
            }
            isAgain = true;
            return await StreamAsync(new CrewOfWorkers<TWorker>(turn, hire, work), withNobody, cancellationToken);
        });
    }

    public Coverage Covered(TimeSpan elapsed) => Context.Count.Covered(Context.Snapshot.DataUpToMs, RowCount, elapsed);

    public void Dispose()
    {
        Memory.Dispose();
        room.Dispose();
    }

    async Task<IReadOnlyList<TWorker>> StreamAsync<TWorker>(CrewOfWorkers<TWorker> crew, bool withNobody, CancellationToken cancellationToken)
    {
        IReadOnlyList<TWorker> workers = [];
        for (var share = 0; share < streamed!.ShareCount; share++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            workers = await crew.RunAsync(await streamed.OpenAsync(Context, share, cancellationToken), withNobody, cancellationToken);
        }
        return workers;
    }
}
