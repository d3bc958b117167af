using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>Compaction is killed, raced and lied to: no row is lost, none is there twice, and no blob stays that nobody needs.</summary>
public class Surviving_faults
{
    const IdentityMode Mode = IdentityMode.Simplified;
    static readonly long FromMs = new DateTimeOffset(2026, 3, 15, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    static readonly int Kills = FullRun.Count(12, 100), Races = FullRun.Count(6, 50);

    readonly string clean;
    readonly LakeWorld world = new();

    public Surviving_faults() => clean = CleanAsync().GetAwaiter().GetResult();

    static List<Item> Items { get; } = new SentItems(7).Make(160, FromMs, days: 4);

    [Fact]
    public async Task Killed_at_any_call_it_goes_on_where_the_log_says()
    {
        var kills = 0;
        for (var seed = 1; seed <= Kills; seed++)
        {
            var random = new Random(seed);
            var killed = new LakeWorld();
            await FillAsync(killed, random);
            // Somewhere on the way, again and again: by the third time it may get further than the work goes.
            for (var life = 0; life < 3; life++)
            {
                var (call, left, isAfter) = (0, random.Next(1, 250), random.Next(2) == 0);
                killed.Store.Decide = (_, _) => ++call < left ? BlobFault.None : call == left && isAfter ? BlobFault.FailAfterSuccess : BlobFault.FailBefore;
                var compaction = killed.NewCompaction();
                for (var run = 0; run < 10 && call < left; run++) await RunAsync(killed, compaction);
                killed.Clock.Advance(TimeSpan.FromMinutes(random.Next(20)));
                if (call >= left) kills++;
            }
            killed.Store.Decide = (_, _) => BlobFault.None;
            await AssertWholeAsync(killed, $"seed {seed}");
        }
        Assert.InRange(kills, Kills, Kills * 3);
        FullRun.Keep(this, $"seeds 1 to {Kills}, {kills} kills at a random call of the store, before or after its effect: no row lost, none twice, no blob left behind");
    }

    [Fact]
    public async Task Writes_that_fail_or_only_seem_to_are_settled_by_the_log()
    {
        for (var seed = 1; seed <= Kills; seed++)
        {
            var random = new Random(seed);
            var shaky = new LakeWorld();
            await FillAsync(shaky, random);
            shaky.Store.Decide = (call, _) => call is BlobCall.Put or BlobCall.Delete && random.Next(4) == 0 ? random.Next(2) == 0 ? BlobFault.FailBefore : BlobFault.FailAfterSuccess : BlobFault.None;
            var compaction = shaky.NewCompaction();
            for (var run = 0; run < 20; run++)
            {
                await RunAsync(shaky, compaction);
                shaky.Clock.Advance(TimeSpan.FromMinutes(3));
            }
            Assert.True(shaky.Store.FaultCount > 10);
            shaky.Store.Decide = (_, _) => BlobFault.None;
            await AssertWholeAsync(shaky, $"seed {seed}");
        }
        FullRun.Keep(this, $"seeds 1 to {Kills}, every fourth put and delete fails before or after its effect: no row lost, none twice, no blob left behind");
    }

    [Fact]
    public async Task A_commit_that_landed_and_was_answered_with_an_error_is_not_made_again()
    {
        await FillAsync(world, new Random(1));
        world.Store.Decide = (call, name) => call is BlobCall.Put && name.EndsWith(".json", StringComparison.Ordinal) && name.Contains("/_delta_log/", StringComparison.Ordinal) ? BlobFault.FailAfterSuccess : BlobFault.None;
        await world.CompactAllAsync();
        world.Store.Decide = (_, _) => BlobFault.None;
        await AssertWholeAsync(world, "no seed");
    }

    [Fact]
    public async Task Two_that_compact_at_once_waste_work_and_double_nothing()
    {
        for (var seed = 1; seed <= Races; seed++)
        {
            var random = new Random(seed);
            var raced = new LakeWorld();
            await FillAsync(raced, random);
            raced.Store.Delay = TimeSpan.FromMilliseconds(1);
            raced.Store.Decide = (_, _) => random.Next(8) == 0 ? BlobFault.Slow : BlobFault.None;
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                var compaction = raced.NewCompaction();
                // A file that the other has deleted ends a run; the next one does without it.
                for (var run = 0; run < 200; run++)
                    if (await RunAsync(raced, compaction) is (false, false)) return;
            })));
            raced.Store.Decide = (_, _) => BlobFault.None;
            await AssertWholeAsync(raced, $"seed {seed}");
        }
        FullRun.Keep(this, $"seeds 1 to {Races}, two compactors at once: no row lost, none twice, no blob left behind");
    }

    [Fact]
    public async Task A_lost_file_of_the_log_is_named_and_stops_that_table_alone()
    {
        await FillAsync(world, new Random(1));
        await world.CompactAllAsync();
        var lost = $"lake/{LakeWorld.ProjectId}/events/_delta_log/00000000000000000002.json";
        Assert.True(await world.Blobs.DeleteAsync(lost, default));
        var recent = world.Blobs.Names.Count(name => name.StartsWith($"recent/{LakeWorld.ProjectId}/events/", StringComparison.Ordinal));
        world.Clock.Advance(TimeSpan.FromHours(1));
        var runs = new List<TableRun>();
        await foreach (var run in world.NewCompaction().RunAsync(world.Project, default)) runs.Add(run);
        var fault = Assert.IsType<DeltaFormatException>(Assert.Single(runs, run => run.Fault is not null).Fault);
        Assert.Equal((RowLayout.Events, lost), (runs.Single(run => run.Fault is not null).Table, fault.File));
        Assert.Contains(lost, (await new ProgressStore(world.Blobs).ReadAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Fault, StringComparison.Ordinal);
        Assert.Equal(recent, world.Blobs.Names.Count(name => name.StartsWith($"recent/{LakeWorld.ProjectId}/events/", StringComparison.Ordinal)));
    }

    static async Task<string> CleanAsync()
    {
        var blobs = new InMemoryBlobStore();
        await new StoredStream(blobs, LakeWorld.ProjectId, 1).ArriveAsync(0, Items, perMessage: 3);
        return await LakeWorld.SeenAsync(new RecentReader(blobs, new ColumnCache(1 << 22)), Mode);
    }

    /// <summary>The items in two partitions, in batches of some messages, some of them redelivered.</summary>
    static async Task FillAsync(LakeWorld world, Random random)
    {
        for (var sent = 0; sent < Items.Count;)
        {
            var (partition, size) = (random.Next(2), random.Next(1, 15));
            await world.Stream.ArriveAsync(partition, Items.Skip(sent).Take(size), perMessage: random.Next(1, 4));
            sent += size;
            if (random.Next(4) == 0) await world.Stream.StoreAsync(partition, Math.Max(0, world.Stream.Count(partition) - random.Next(1, 8)), world.Stream.Count(partition) - 1);
        }
    }

    /// <summary>One run for each table, whatever becomes of it.</summary>
    static async Task<(bool HasMore, bool HasFault)> RunAsync(LakeWorld world, LakeCompaction compaction)
    {
        var (hasMore, hasFault) = (false, false);
        await foreach (var run in compaction.RunAsync(world.Project, default))
        {
            hasMore |= run.HasMore;
            hasFault |= run.Fault is not null;
            if (run.Fault is not (null or StorageUnavailableException or RowFileGoneException)) throw new InvalidOperationException(run.Table, run.Fault);
        }
        return (hasMore, hasFault);
    }

    async Task AssertWholeAsync(LakeWorld world, string seed)
    {
        var compaction = world.NewCompaction();
        while (await world.CompactAsync(compaction))
        {
        }
        Assert.Equal((seed, clean), (seed, await LakeWorld.SeenAsync(world.NewReader(), Mode)));
        // What was left lying about goes once nobody can need it: recent files, files that no commit added, superseded ones.
        for (var day = 0; day < 3; day++)
        {
            world.Clock.Advance(TimeSpan.FromDays(1));
            while (await world.CompactAsync(compaction))
            {
            }
        }
        Assert.Equal((seed, clean), (seed, await LakeWorld.SeenAsync(world.NewReader(), Mode)));
        Assert.DoesNotContain(world.Blobs.Names, name => name.StartsWith(RecentLayout.Folder, StringComparison.Ordinal));
        foreach (var table in LakeLayout.RowTables) await AssertNoOrphansAsync(world, table, seed);
    }

    static async Task AssertNoOrphansAsync(LakeWorld world, string table, string seed)
    {
        var root = LakeLayout.RootOf(LakeWorld.ProjectId, table);
        var version = (await new DeltaTable(world.Blobs, root, world.Clock).ReadAsync(default))!;
        // The log still holds the versions of its last day: their files may be read.
        var needed = version.Files.Keys.Concat(version.Tombstones.Keys).ToHashSet();
        foreach (var name in world.Blobs.Names.Where(name => name.StartsWith(root + "/", StringComparison.Ordinal) && !name.Contains("/_delta_log/", StringComparison.Ordinal)))
        {
            var path = name[(root.Length + 1)..];
            if (path.StartsWith($"{LakeLayout.KeysFolder}/", StringComparison.Ordinal)) path = path[(LakeLayout.KeysFolder.Length + 1)..^".keys".Length];
            Assert.True(needed.Contains(path), $"{seed}: {name} stays");
        }
        foreach (var path in version.Files.Keys)
        {
            Assert.Contains($"{root}/{path}", world.Blobs.Names);
            Assert.Contains(LakeLayout.KeysOf(root, path), world.Blobs.Names);
        }
    }
}
