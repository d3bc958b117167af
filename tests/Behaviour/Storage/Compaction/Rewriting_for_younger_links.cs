using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Rewriting_for_younger_links
{
    readonly LakeWorld world = new(LakeWorld.Eager with { MaxAppendRows = 1_000, Files = LakeWriterOptions.Default, Merges = MergeLimits.Default });
    int item;

    [Theory] // events of the device that turns out to be ann's, of 100; whether their file is written anew
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task A_file_is_written_anew_once_more_than_five_percent_of_its_rows_have_another_person(int ofDevice, bool isRewritten)
    {
        await world.Stream.ArriveAsync(0, Enumerable.Range(0, 100).Select(number => Event(number < ofDevice ? "$device:d1" : "bob")), perMessage: 10);
        await world.CompactAllAsync();
        var before = await VersionAsync();
        await world.Stream.ArriveAsync(0, [Claim("ann", "$device:d1")], perMessage: 1);
        world.Clock.Advance(world.Limits.CountMovedEvery);
        await world.CompactAllAsync();
        var after = await VersionAsync();
        Assert.Equal(isRewritten, !before.Files.Keys.SequenceEqual(after.Files.Keys));
        var persons = await PersonsAsync(after);
        Assert.Equal((100, isRewritten ? ofDevice : 0), (persons.Count, persons.Count(person => person == "ann")));
    }

    [Fact]
    public async Task A_merge_writes_the_persons_of_now_however_few_moved()
    {
        for (var file = 0; file < MergeLimits.Default.FanIn - 1; file++)
        {
            await world.Stream.ArriveAsync(0, Enumerable.Range(0, 100).Select(number => Event(number == 0 ? "$device:d1" : "bob")), perMessage: 10);
            await world.CompactAllAsync();
        }
        await world.Stream.ArriveAsync(0, [Claim("ann", "$device:d1")], perMessage: 1);
        world.Clock.Advance(world.Limits.CountMovedEvery);
        await world.CompactAllAsync();
        // One row of a hundred is not worth a rewrite,
        Assert.DoesNotContain("ann", await PersonsAsync(await VersionAsync()));
        await world.Stream.ArriveAsync(0, [Event("bob")], perMessage: 1);
        await world.CompactAllAsync();
        // but the eighth file of the date makes one of all.
        var merged = await VersionAsync();
        Assert.Single(merged.Files);
        Assert.Equal(MergeLimits.Default.FanIn - 1, (await PersonsAsync(merged)).Count(person => person == "ann"));
    }

    [Fact]
    public async Task Without_a_new_claim_nothing_is_looked_at_again()
    {
        await world.Stream.ArriveAsync(0, Enumerable.Range(0, 100).Select(_ => Event("$device:d1")), perMessage: 10);
        await world.CompactAllAsync();
        world.Clock.Advance(world.Limits.CountMovedEvery);
        var read = 0;
        world.Store.Decide = (call, name) =>
        {
            if (call == BlobCall.Read && name.Contains("/month=", StringComparison.Ordinal) && name.Contains("/events/", StringComparison.Ordinal)) read++;
            return BlobFault.None;
        };
        await world.CompactAllAsync();
        Assert.Equal(0, read);
    }

    [Fact]
    public async Task One_run_rewrites_one_file_and_the_next_goes_on_behind_it()
    {
        await FilesToRewriteAsync(files: 4);
        var compaction = world.NewCompaction();
        var (left, runs) = (new List<int>(), 0);
        for (var hasMore = true; hasMore; runs++)
        {
            hasMore = await world.CompactAsync(compaction);
            left.Add((await PersonsAsync(await VersionAsync())).Count(person => person != "ann"));
        }
        // Each run moves ten rows of one file; the last finds that there are no others.
        Assert.Equal([30, 20, 10, 0, 0], left.TakeLast(5));
        Assert.Null((await ProgressAsync()).MovedPass);
        Assert.True(runs >= 5);
    }

    [Fact]
    public async Task Killed_between_two_steps_it_goes_on_where_it_was()
    {
        for (var steps = 1; steps <= 4; steps++)
        {
            var story = new Rewriting_for_younger_links();
            await story.FilesToRewriteAsync(files: 4);
            for (var step = 0; step < steps; step++) await story.world.CompactAsync(story.world.NewCompaction());
            // The step's commit lands, what is kept of it is lost.
            story.world.Store.Decide = (call, name) => call is BlobCall.Put && name.StartsWith("compaction/", StringComparison.Ordinal) ? BlobFault.FailBefore : BlobFault.None;
            await foreach (var run in story.world.NewCompaction().RunAsync(story.world.Project, default)) Assert.True(run.Fault is null or StorageUnavailableException);
            story.world.Store.Decide = (_, _) => BlobFault.None;
            await story.world.CompactAllAsync();
            Assert.Equal(40, (await story.PersonsAsync(await story.VersionAsync())).Count(person => person == "ann"));
        }
    }

    [Fact]
    public async Task A_rewrite_that_lost_a_race_is_made_again_and_not_taken_for_done()
    {
        await FilesToRewriteAsync(files: 3);
        var lost = 0;
        world.Store.Decide = (call, name) =>
        {
            // Another commits first: the version that this one was made from is no longer the newest.
            if (call is BlobCall.Put && name.Contains("/month=", StringComparison.Ordinal) && name.EndsWith(".parquet", StringComparison.Ordinal) && name.Contains("/events/", StringComparison.Ordinal) && lost++ < 2) InterfereAsync().GetAwaiter().GetResult();
            return BlobFault.None;
        };
        await world.CompactAllAsync();
        Assert.True(lost > 2);
        Assert.Equal(30, (await PersonsAsync(await VersionAsync())).Count(person => person == "ann"));
        Assert.Null((await ProgressAsync()).MovedPass);
    }

    [Fact]
    public async Task Two_that_rewrite_at_once_move_every_row_and_double_none()
    {
        await FilesToRewriteAsync(files: 5);
        world.Store.Delay = TimeSpan.FromMilliseconds(1);
        var random = new Random(1);
        world.Store.Decide = (_, _) =>
        {
            lock (random) return random.Next(6) == 0 ? BlobFault.Slow : BlobFault.None;
        };
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            var compaction = world.NewCompaction();
            for (var run = 0; run < 30; run++)
                await foreach (var table in compaction.RunAsync(world.Project, default)) Assert.True(table.Fault is null or StorageUnavailableException or RowFileGoneException);
        })));
        world.Store.Decide = (_, _) => BlobFault.None;
        await world.CompactAllAsync();
        var persons = await PersonsAsync(await VersionAsync());
        Assert.Equal((50, 50), (persons.Count, persons.Count(person => person == "ann")));
    }

    /// <summary>Files of ten rows each, one a date, of a device that turns out to be ann's; the comparison is due.</summary>
    async Task FilesToRewriteAsync(int files)
    {
        for (var file = 0; file < files; file++)
        {
            var timeMs = world.Clock.GetUtcNow().AddDays(-file).ToUnixTimeMilliseconds();
            await world.Stream.ArriveAsync(0, Enumerable.Range(0, 10).Select(_ => Event("$device:d1") with { TimeMs = timeMs, SentTimeMs = timeMs }), perMessage: 10);
        }
        await world.CompactAllAsync();
        Assert.Equal(files, (await VersionAsync()).Files.Count);
        await world.Stream.ArriveAsync(0, [Claim("ann", "$device:d1")], perMessage: 1);
        world.Clock.Advance(world.Limits.CountMovedEvery);
    }

    /// <summary>A commit that changes no row.</summary>
    async Task InterfereAsync()
    {
        var table = new DeltaTable(world.Blobs, LakeLayout.RootOf(LakeWorld.ProjectId, RowLayout.Events), world.Clock);
        var version = (await table.ReadAsync(default))!;
        Assert.IsType<DeltaOutcome.Committed>(await table.CommitAsync(version, new DeltaCommit { Operation = "WRITE", Places = [new("elsewhere-0", version.Version)] }, default));
    }

    Task<TableProgress> ProgressAsync() => new ProgressStore(world.Blobs).ReadAsync(LakeWorld.ProjectId, RowLayout.Events, default);

    async Task<DeltaSnapshot> VersionAsync() => (await new DeltaTable(world.Blobs, LakeLayout.RootOf(LakeWorld.ProjectId, RowLayout.Events), world.Clock).ReadAsync(default))!;

    async Task<List<string>> PersonsAsync(DeltaSnapshot version)
    {
        var all = new List<string>();
        foreach (var file in new LakeFiles(world.Blobs, new ColumnCache(1 << 20)).OpenAll(version, LakeSchema.Of(RowLayout.Events, version.Schema)))
        {
            var persons = (await file.ReadTextAsync(LakeSchema.Person, default))!;
            for (var row = 0; row < file.RowCount; row++) all.Add(Batches.Text(persons.Utf8(row).ToArray()));
        }
        return all;
    }

    Item Event(string who) => Of(ItemKind.Event, who) with { Name = Batches.Utf8("view"), Body = Batches.Utf8("{}") };

    Item Claim(string user, string other) => Of(ItemKind.LinkClaim, user) with { OtherId = Batches.Utf8(other), LinkRule = LinkRule.MixpanelDeviceAndUser };

    Item Of(ItemKind kind, string who)
    {
        var now = world.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new() { Kind = kind, Dialect = Dialect.Mixpanel, Id = new(1, 1, ++item), ReceivedAtMs = now, TimeMs = now, SentTimeMs = now, DistinctId = Batches.Utf8(who) };
    }
}
