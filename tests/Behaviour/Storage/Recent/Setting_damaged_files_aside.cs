using Cairn.Behaviour.Storage.Compaction;
using Cairn.Behaviour.Storage.Parquet;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Recent;
using Cairn.Storage.Recent.SetAside;
using Cairn.Storage.Rows;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Recent;

/// <summary>A recent file that was torn or altered is moved aside with its reason, holds nobody up, is never half-read, and counts once when it comes back mended.</summary>
public class Setting_damaged_files_aside
{
    static readonly int Stories = FullRun.Count(12, 400);

    static readonly long FirstMs = new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public async Task All_other_rows_go_on_and_the_mended_file_comes_back_once()
    {
        var withoutNeed = 0;
        for (var seed = 1; seed <= Stories; seed++)
        {
            var random = new Random(seed);
            var (world, clean) = (new LakeWorld(), new LakeWorld());
            var items = new SentItems(seed).Make(random.Next(30, 90), FirstMs, days: 5);
            await ArriveAsync(world, items.Take(items.Count / 2), random.Next());
            await ArriveAsync(clean, items, seed);
            if (random.Next(2) == 0) await world.CompactAllAsync();

            var before = await RecentAsync(world);

            // One file of some kind is hurt before anybody reads it; later ones of its partition are whole.
            await ArriveAsync(world, items.Skip(items.Count / 2), random.Next());
            var files = (await RecentAsync(world)).Except(before).ToList();
            var hurt = files[random.Next(files.Count)];
            var whole = (await world.Blobs.ReadAsync(hurt, default))!.Bytes.ToArray();
            await world.Blobs.PutAsync(hurt, Mutation.Of(whole, random), PutCondition.None, default);

            await CompactPastFaultsAsync(world);
            var aside = new SetAsideFiles(world.Blobs, world.Clock);
            var listed = new List<SetAsideFile>();
            await foreach (var file in aside.ListAsync(default)) listed.Add(file);
            // Nothing of a file is missed whose every row has copies elsewhere: what is hurt in it nobody reads.
            if (listed.Count == 0) withoutNeed++;
            else
            {
                Assert.Equal([hurt], listed.Select(file => file.RecentName));
                Assert.Contains(hurt, listed[0].Reason, StringComparison.Ordinal);
                Assert.Null(await world.Blobs.ReadAsync(hurt, default));
                // Nobody is held up: what is there can be read, and is in the lake.
                await LakeWorld.SeenAsync(world.NewReader(), IdentityMode.Simplified);

                // Taking it back as it is does nothing.
                Assert.NotNull(await aside.RestoreAsync(listed[0].Name, default));
                await world.Blobs.PutAsync(listed[0].Name, whole, PutCondition.None, default);
                if (random.Next(3) == 0) await world.Blobs.PutAsync(hurt, whole, PutCondition.None, default);
                Assert.Null(await aside.RestoreAsync(listed[0].Name, default));
                if (random.Next(2) == 0)
                {
                    // Somebody does it twice.
                    var again = listed[0].RecentName.Replace("recent/", SetAsideFiles.Folder, StringComparison.Ordinal);
                    await world.Blobs.PutAsync(again, whole, PutCondition.None, default);
                    await world.Blobs.PutAsync(again + ".json", """{"version":1,"reason":"r","at":"2026-03-20T12:00:00+00:00","bytes":1}"""u8.ToArray(), PutCondition.None, default);
                    if (random.Next(2) == 0) await world.CompactAllAsync();
                    Assert.Null(await aside.RestoreAsync(again, default));
                }
            }
            foreach (var table in LakeLayout.RowTables)
                Assert.Equal((await clean.NewReader().OpenAsync(LakeWorld.ProjectId, table, default)).RowCount, (await world.NewReader().OpenAsync(LakeWorld.ProjectId, table, default)).RowCount);
            await world.CompactAllAsync();
            // Now the copy that was received first stands for all, wherever it came from.
            Assert.Equal(await LakeWorld.SeenAsync(clean.NewReader(), IdentityMode.Simplified), await LakeWorld.SeenAsync(world.NewReader(), IdentityMode.Simplified));
            Assert.DoesNotContain(world.Blobs.Names, name => name.StartsWith(SetAsideFiles.Folder, StringComparison.Ordinal));
        }
        Assert.InRange(withoutNeed, 0, Stories / 4);
        FullRun.Keep(this, $"{Stories} projects with one damaged file each: all other rows in the lake, the file aside with its reason, and once mended the rows of the clean sequence, each once");
    }

    [Fact]
    public async Task Until_then_a_question_is_refused_with_the_files_name()
    {
        var world = new LakeWorld();
        await ArriveAsync(world, new SentItems(3).Make(40, FirstMs, days: 2), 3);
        var hurt = (await RecentAsync(world)).First(name => name.Contains("/events/", StringComparison.Ordinal));
        var bytes = (await world.Blobs.ReadAsync(hurt, default))!.Bytes;
        await world.Blobs.PutAsync(hurt, bytes[..(bytes.Length / 2)], PutCondition.None, default);
        var fault = await Assert.ThrowsAsync<ParquetFormatException>(async () => await world.NewReader().OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default));
        Assert.Equal(hurt, fault.File);
        Assert.True(DamagedFile.Is(fault));
    }

    [Fact]
    public async Task A_blob_that_is_no_recent_file_goes_aside_as_well()
    {
        var world = new LakeWorld();
        await ArriveAsync(world, new SentItems(4).Make(40, FirstMs, days: 2), 4);
        const string Stray = "recent/p1/events/notes.txt";
        await world.Blobs.PutAsync(Stray, "hello"u8.ToArray(), PutCondition.None, default);
        var runs = await CompactPastFaultsAsync(world);
        Assert.Equal([Stray], runs.SelectMany(run => run.SetAside).Select(file => file.RecentName));
        Assert.Null(await world.Blobs.ReadAsync(Stray, default));
        Assert.Contains("is no name of a recent file", await new SetAsideFiles(world.Blobs, world.Clock).RestoreAsync("set-aside/p1/events/notes.txt", default), StringComparison.Ordinal);
        var progress = await new ProgressStore(world.Blobs).ReadAsync(LakeWorld.ProjectId, RowLayout.Events, default);
        Assert.Equal((1, null), (progress.SetAsideFiles, progress.Fault));
    }

    [Fact]
    public async Task A_damaged_file_of_the_lake_is_named_and_appends_and_cleaning_go_on()
    {
        var world = new LakeWorld();
        await ArriveAsync(world, new SentItems(5).Make(60, FirstMs, days: 2), 5);
        await world.CompactAllAsync();
        var hurt = world.Blobs.Names.First(name => name.StartsWith("lake/p1/events/month=", StringComparison.Ordinal));
        var bytes = (await world.Blobs.ReadAsync(hurt, default))!.Bytes.ToArray();
        bytes[bytes.Length / 3] ^= 0x10;
        await world.Blobs.PutAsync(hurt, bytes, PutCondition.None, default);

        var fault = await Assert.ThrowsAsync<ParquetFormatException>(() => LakeWorld.SeenAsync(world.NewReader(), IdentityMode.Simplified));
        Assert.Equal(hurt, fault.File);
        // Rows that come later get into the lake, and their recent files go.
        await ArriveAsync(world, new SentItems(6).Make(60, FirstMs, days: 2), 6);
        world.Clock.Advance(TimeSpan.FromHours(30));
        var runs = await CompactPastFaultsAsync(world);
        Assert.Contains(runs, run => run.Fault?.Message.Contains(hurt, StringComparison.Ordinal) == true);
        world.Clock.Advance(TimeSpan.FromMinutes(11));
        await CompactPastFaultsAsync(world);
        Assert.DoesNotContain(world.Blobs.Names, name => name.StartsWith("recent/p1/events/", StringComparison.Ordinal));
        Assert.DoesNotContain(world.Blobs.Names, name => name.StartsWith(SetAsideFiles.Folder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lake/p1/events/_keys/")] // the filters of data files
    [InlineData("compaction/p1/events.json")] // how the table stands
    public async Task A_damaged_file_that_only_saves_work_is_named_and_dropped_and_holds_nobody_up(string prefix)
    {
        var (world, clean) = (new LakeWorld(), new LakeWorld());
        var items = new SentItems(5).Make(60, FirstMs, days: 2);
        foreach (var either in new[] { world, clean }) await ArriveAsync(either, items, 5);
        await world.CompactAllAsync();
        foreach (var name in world.Blobs.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            var bytes = (await world.Blobs.ReadAsync(name, default))!.Bytes;
            await world.Blobs.PutAsync(name, bytes[..(bytes.Length / 2)], PutCondition.None, default);
        }
        // Everything comes again, and is found in the lake all the same.
        await ArriveAsync(world, items, 6);
        Assert.Equal(await LakeWorld.SeenAsync(clean.NewReader(), IdentityMode.Simplified), await LakeWorld.SeenAsync(world.NewReader(), IdentityMode.Simplified));
        var damaged = world.Blobs.Names.Count(name => name.StartsWith(prefix, StringComparison.Ordinal));
        Assert.True(damaged > 0);
        var faults = new List<string>();
        for (var run = 0; run < damaged + 10; run++)
            faults.AddRange((await CompactPastFaultsAsync(world)).Select(table => table.Fault).OfType<Exception>().Select(fault => Assert.IsType<RemakableFileException>(fault).File));
        Assert.NotEmpty(faults);
        Assert.All(faults, file => Assert.StartsWith(prefix, file, StringComparison.Ordinal));
        Assert.Equal(faults.Count, faults.Distinct().Count());
        Assert.Equal(await LakeWorld.SeenAsync(clean.NewReader(), IdentityMode.Simplified), await LakeWorld.SeenAsync(world.NewReader(), IdentityMode.Simplified));
        var progress = await new ProgressStore(world.Blobs).ReadAsync(LakeWorld.ProjectId, RowLayout.Events, default);
        Assert.Equal((null, 0), (progress.Fault, progress.WaitingFiles));
        Assert.True(progress.Totals.DuplicateRows > 0);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"version":1,"content":{}}""")]
    [InlineData("""{"version":1,"content":{"passed":{"marks":null}}}""")]
    [InlineData("""{"version":2,"content":{"passed":{"marks":[]}}}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task Progress_that_lacks_something_is_damaged_too(string bytes)
    {
        var world = new LakeWorld();
        const string Name = "compaction/p1/events.json";
        await world.Blobs.PutAsync(Name, System.Text.Encoding.UTF8.GetBytes(bytes), PutCondition.None, default);
        Assert.Equal(Name, (await Assert.ThrowsAsync<RemakableFileException>(() => new ProgressStore(world.Blobs).ReadAsync(LakeWorld.ProjectId, RowLayout.Events, default))).File);
    }

    /// <summary>Runs until nothing is left to do or a run gets no further.</summary>
    static async Task<List<TableRun>> CompactPastFaultsAsync(LakeWorld world)
    {
        var (runs, compaction) = (new List<TableRun>(), world.NewCompaction());
        for (var turn = 0; turn < 200; turn++)
        {
            var hasMore = false;
            await foreach (var run in compaction.RunAsync(world.Project, default))
            {
                runs.Add(run);
                hasMore |= run.HasMore || run.SetAside.Count > 0;
            }
            if (!hasMore) return runs;
        }
        throw new InvalidOperationException("compaction comes to no end");
    }

    static async Task ArriveAsync(LakeWorld world, IEnumerable<Item> items, int seed)
    {
        var random = new Random(seed);
        foreach (var batch in items.Chunk(15)) await world.Stream.ArriveAsync(random.Next(2), batch, perMessage: 2);
    }

    static async Task<List<string>> RecentAsync(LakeWorld world)
    {
        var names = new List<string>();
        await foreach (var entry in world.Blobs.ListAsync(RecentLayout.Folder, null, default)) names.Add(entry.Name);
        return names;
    }
}
