using System.IO.Hashing;
using System.Text;
using Cairn.Behaviour.Storage.Lake;
using Cairn.Disk;
using Cairn.Disk.Blobs;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Delta.Log;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>
/// ClickHouse and DuckDB are asked again and again while rows arrive and compaction appends, merges, rewrites for links, expires and vacuums: each answer is, row for row and value for value, one
/// version that our reader saw, and none is older than the answer before.
/// </summary>
public sealed class What_others_see_while_compaction_runs : IDisposable
{
    const string ProjectId = "p1";

    /// <summary>Questions of one session, one behind the other.</summary>
    static readonly int Questions = FullRun.Count(8, 60);

    static readonly int Sessions = FullRun.Count(1, 8), AzureSessions = FullRun.Count(1, 4);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Is_one_version_after_the_other()
    {
        var blobs = new DiskBlobStore(folder.FullPath, FileLayer.Real, TimeProvider.System);
        var story = await RunAsync(blobs, $"deltaLakeLocal('{folder[LakeLayout.RootOf(ProjectId, RowLayout.Events)]}')", Sessions, asksDuckDb: true);
        if (FullRun.IsOn) Assert.True(story.VacuumedFiles > 0 && story.Merges > 0 && story.Expired > 0, $"{story}");
        FullRun.Keep(this, $"{Sessions} sessions of {Questions} questions to ClickHouse and {story.DuckDbAnswers} to DuckDB, while {story.Versions} versions were committed ({story.Merges} files merged, {story.Expired} expired, {story.VacuumedFiles} deleted): each answer is one of {story.States} states of the rows, in their order");
    }

    [Fact]
    public async Task Is_one_version_after_the_other_in_a_storage_account()
    {
        await using var azurite = await Azurite.StartAsync();
        var container = Stores.NewName();
        await using var services = Stores.Connect(new() { ["Storage"] = azurite.ConnectionString, ["Storage:container"] = container });
        var table = $"deltaLakeAzure('DefaultEndpointsProtocol=http;{azurite.ConnectionString}', '{container}', '{LakeLayout.RootOf(ProjectId, RowLayout.Events)}')";
        var story = await RunAsync(services.GetRequiredService<IBlobStore>(), table, AzureSessions, asksDuckDb: false);
        FullRun.Keep(this, $"{AzureSessions} sessions of {Questions} questions to ClickHouse over Azurite, while {story.Versions} versions were committed: each answer is one of {story.States} states of the rows, in their order");
    }

    async Task<Story> RunAsync(IBlobStore blobs, string table, int sessions, bool asksDuckDb)
    {
        using var stop = new CancellationTokenSource();
        var compactor = new Compactor(blobs, seed: 11);
        await compactor.BeginAsync();
        var work = Task.Run(() => compactor.WorkAsync(stop.Token), CancellationToken.None);
        var duckDbAnswers = 0;
        try
        {
            for (var session = 0; session < sessions; session++)
            {
                var first = compactor.StateCount - 1;
                var answers = await Judge.ClickHouse.AskAsync(Enumerable.Repeat(EngineRows.ClickHouse(compactor.Columns, table), Questions));
                // The last answers may be of a version that was committed a moment ago, and is noted a moment later.
                await compactor.CatchUpAsync(work);
                foreach (var answer in answers)
                {
                    var lines = EngineRows.Of(compactor.Columns, answer);
                    first = compactor.FindFrom(first, lines) ?? throw new InvalidOperationException($"session {session}: {lines.Count} rows that no version from state {first} of {compactor.StateCount} on has");
                }
                if (asksDuckDb) duckDbAnswers += await AskDuckDbAsync(compactor);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
        Assert.True(compactor.StateCount > 3, $"only {compactor.StateCount} states");
        return compactor.Story with { DuckDbAnswers = duckDbAnswers };
    }

    /// <summary>DuckDB reads the files of a version that is superseded while it reads: they stay for who still needs them.</summary>
    async Task<int> AskDuckDbAsync(Compactor compactor)
    {
        var version = (await compactor.NewReader().OpenViewAsync(ProjectId, RowLayout.Events, default)).Version!;
        var columns = compactor.Columns.Where(column => version.Files.Any(file => file.File.Has(column))).ToList();
        var answer = await Judge.DuckDb.AskAsync(EngineRows.DuckDb(columns, version.Files.Select(file => folder[file.Rows.Name])));
        Assert.Equal(await EngineRows.OursAsync(version, columns), EngineRows.Of(columns, answer));
        return 1;
    }

    sealed record Story(int Versions, int States, long Merges, long Expired, long VacuumedFiles, int DuckDbAnswers);

    /// <summary>Rows arrive and are compacted without a pause; every version is noted as it is committed.</summary>
    sealed class Compactor
    {
        static readonly CompactionLimits Limits = CompactionLimits.Default with
        {
            AppendAfter = TimeSpan.Zero, MaxAppendRows = 60, KeepRecentFor = TimeSpan.FromSeconds(2), VacuumEvery = TimeSpan.FromSeconds(3), CountMovedEvery = TimeSpan.Zero, Retention = TimeSpan.FromSeconds(40),
            Merges = MergeLimits.Default with { FanIn = 3, MaxYoung = 6, YoungFor = TimeSpan.Zero, ClosesAfter = TimeSpan.Zero },
            Files = LakeWriterOptions.Default with { MaxRowsPerRowGroup = 40, TargetFileBytes = 60_000, MaxRowsAtOnce = 120 },
        };

        readonly IBlobStore blobs;
        readonly SentItems items;
        readonly StoredStream stream;
        readonly LakeCompaction compaction;
        readonly DeltaTable table;
        readonly CompactedProject project = new(ProjectId, IdentityMode.Simplified, TimeSpan.FromDays(25));
        readonly Lock gate = new();
        readonly Dictionary<string, UInt128> byFile = new(StringComparer.Ordinal);
        readonly List<UInt128> states = [];
        CompactionTotals totals;
        DeltaSnapshot? noted;
        long notedVersion = -1;
        int versions;

        public Compactor(IBlobStore blobs, int seed)
        {
            this.blobs = blobs;
            items = new(seed);
            stream = new(blobs, ProjectId, partitions: 2);
            var tables = new LakeTables(blobs, TimeProvider.System, DeltaTableOptions.Default with { CheckpointInterval = 9, Retention = Limits.Retention });
            var rows = new LakeSnapshots(blobs, new ColumnCache(1 << 24), tables);
            compaction = new(blobs, tables, new PersonDirectory(rows), rows, TimeProvider.System, Limits);
            table = tables[ProjectId, RowLayout.Events];
        }

        /// <summary>All columns of the table: the first rows have every one.</summary>
        public IReadOnlyList<DeltaColumn> Columns { get; private set; } = [];

        public int StateCount
        {
            get
            {
                lock (gate) return states.Count;
            }
        }

        public Story Story => new(versions, StateCount, totals.MergedFiles, totals.ExpiredFiles, totals.DeletedFiles, 0);

        public LakeSnapshots NewReader() => new(blobs, new ColumnCache(1 << 24), new LakeTables(blobs, TimeProvider.System));

        public async Task BeginAsync()
        {
            await ArriveAsync(300);
            await RunAsync();
            Columns = [.. (await table.ReadAsync(default))!.Schema.Columns];
            await NoteAsync();
        }

        public async Task WorkAsync(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                await ArriveAsync(30);
                await RunAsync();
            }
            Assert.Equal(Columns.Select(column => column.Name), (await table.ReadAsync(default))!.Schema.Columns.Select(column => column.Name));
        }

        /// <summary>Waits until every version that is committed now is noted.</summary>
        public async Task CatchUpAsync(Task work)
        {
            var newest = (await table.ReadAsync(default))!.Version;
            while (Volatile.Read(ref notedVersion) < newest)
            {
                if (work.IsCompleted) await work;
                await Task.Delay(10);
            }
        }

        /// <summary>The first state from one on that has exactly these rows; null where none has.</summary>
        public int? FindFrom(int state, List<string> lines)
        {
            var sought = SumOf(lines);
            lock (gate)
                for (var i = state; i < states.Count; i++)
                    if (states[i] == sought) return i;
            return null;
        }

        async Task ArriveAsync(int count)
        {
            var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var batch = items.Make(count, nowMs - (12L * 86_400_000), days: 12);
            for (var i = 0; i < batch.Count; i++) batch[i] = batch[i] with { Id = new(7, (uint)versions, (stream.Count(0) * 1_000) + (stream.Count(1) * 1_000) + i) };
            await stream.ArriveAsync(0, batch.Take(count / 2), perMessage: 3);
            await stream.ArriveAsync(1, batch.Skip(count / 2), perMessage: 2);
        }

        /// <summary>One run a table, each of its steps a commit of its own; the state of the rows is noted after every commit.</summary>
        async Task RunAsync()
        {
            foreach (var name in (string[])[RowLayout.Identities, RowLayout.Events])
            {
                var run = await compaction.RunAsync(project, name, default);
                if (run.Fault is not null) throw new InvalidOperationException(name, run.Fault);
                if (name == RowLayout.Events) totals += run.Totals;
            }
            if (Columns.Count > 0) await NoteAsync();
        }

        /// <summary>A run may have committed several versions: each is made by itself, from the log as it was left.</summary>
        async Task NoteAsync()
        {
            var newest = (await table.ReadAsync(default))!;
            if (noted is null) await NoteAsync(noted = newest);
            for (var version = noted.Version + 1; version <= newest.Version; version++)
            {
                var (name, builder) = (LogName.Entry(table.Root, version), new SnapshotBuilder(noted));
                LogEntry.Read(name, (await blobs.ReadAsync(name, default))!.Bytes, builder);
                await NoteAsync(noted = builder.Build(name, 0));
            }
        }

        async Task NoteAsync(DeltaSnapshot version)
        {
            versions++;
            var sum = UInt128.Zero;
            var schema = LakeSchema.Of(RowLayout.Events, version.Schema);
            var open = new LakeFiles(blobs, new ColumnCache(1 << 22)).Opener(version, schema);
            foreach (var file in version.Files.Values.Select(file => LakeFile.Of(version, file)))
            {
                if (!byFile.ContainsKey(file.Path)) byFile.Add(file.Path, SumOf(await EngineRows.OursAsync(schema, new(file, open(file)), Columns)));
                sum = unchecked(sum + byFile[file.Path]);
            }
            lock (gate)
                if (states.Count == 0 || states[^1] != sum) states.Add(sum);
            Volatile.Write(ref notedVersion, version.Version);
        }

        /// <summary>Of rows in any order.</summary>
        static UInt128 SumOf(List<string> lines)
        {
            var sum = UInt128.Zero;
            foreach (var line in lines) sum = unchecked(sum + XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(line)));
            return sum;
        }
    }
}
