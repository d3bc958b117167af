using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Support.Stores;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Delta;

public class Committing_to_a_table
{
    readonly PlainTable plain = new();

    [Fact]
    public async Task Makes_the_next_version()
    {
        var basis = await plain.CreateAsync();
        var commit = await plain.AppendAsync(basis, "s-0", 7);
        var committed = Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, commit, default));
        Assert.Equal(1, committed.Version);
        Assert.Equal(7, committed.Snapshot.PlaceOf("s-0"));
        Assert.Equal(commit.Adds[0].Path, committed.Snapshot.Files.Keys.Single());
        Assert.Equal(PlainTable.Text(committed.Snapshot), PlainTable.Text((await plain.Another().ReadAsync(default))!));
    }

    [Fact]
    public async Task Goes_on_top_of_another_streams_rows()
    {
        var basis = await plain.CreateAsync();
        var other = plain.Another();
        Assert.IsType<DeltaOutcome.Committed>(await other.CommitAsync(basis, await plain.AppendAsync(basis, "s-1", 3), default));
        var committed = Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, await plain.AppendAsync(basis, "s-0", 7), default));
        Assert.Equal((2, 3, 7, 2), (committed.Version, committed.Snapshot.PlaceOf("s-1"), committed.Snapshot.PlaceOf("s-0"), committed.Snapshot.Files.Count));
    }

    [Fact]
    public async Task Is_superseded_where_another_took_the_same_rows()
    {
        var basis = await plain.CreateAsync();
        Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, await plain.AppendAsync(basis, "s-0", 5), default));
        var commit = (await plain.AppendAsync(basis, "s-1", 2)) with { Places = [new("s-1", 2), new("s-0", 7)] };
        var superseded = Assert.IsType<DeltaOutcome.Superseded>(await plain.Table.CommitAsync(basis, commit, default));
        Assert.Equal("s-0", superseded.AppId);
        Assert.Equal(1, superseded.Newest.Version);
        Assert.DoesNotContain(commit.Adds[0].Path, (await plain.ReadAsync()).Files.Keys);
    }

    [Fact]
    public async Task Conflicts_where_a_file_to_rewrite_is_gone()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(2, TimeSpan.FromSeconds(1));
        var basis = await plain.ReadAsync();
        var paths = basis.Files.Keys.Order(StringComparer.Ordinal).ToArray();
        Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, await plain.RewriteAsync(basis, paths[0]), default));
        var conflict = Assert.IsType<DeltaOutcome.Conflict>(await plain.Table.CommitAsync(basis, await plain.RewriteAsync(basis, paths), default));
        Assert.Equal((DeltaConflict.FileGone, paths[0]), (conflict.Reason, conflict.Detail));
        Assert.Contains(paths[1], (await plain.ReadAsync()).Files.Keys);
    }

    [Fact]
    public async Task Conflicts_where_both_bring_metadata()
    {
        var basis = await plain.CreateAsync();
        DeltaCommit Grows(string name) => new() { Operation = "ADD COLUMNS", Metadata = basis.Metadata with { Schema = basis.Schema.With(name, DeltaType.String, "property") } };
        Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, Grows("a"), default));
        var conflict = Assert.IsType<DeltaOutcome.Conflict>(await plain.Table.CommitAsync(basis, Grows("b"), default));
        Assert.Equal(DeltaConflict.MetadataMoved, conflict.Reason);
        Assert.Equal(["id", "month", "a"], conflict.Newest.Schema.Columns.Select(column => column.Name));
    }

    [Fact]
    public async Task Conflicts_with_anything_newer_where_it_needs_its_basis_unchanged()
    {
        var basis = await plain.CreateAsync();
        Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, await plain.AppendAsync(basis, "s-0", 5), default));
        var commit = await plain.AppendAsync(basis, "s-1", 1) with { NeedsBasisUnchanged = true };
        Assert.Equal(DeltaConflict.TableMoved, Assert.IsType<DeltaOutcome.Conflict>(await plain.Table.CommitAsync(basis, commit, default)).Reason);
    }

    [Theory]
    [InlineData(BlobFault.FailAfterSuccess)]
    [InlineData(BlobFault.FailBefore)]
    public async Task Is_there_once_where_the_store_answered_an_error(BlobFault fault)
    {
        var basis = await plain.CreateAsync();
        var fails = 1;
        plain.Fault = (call, name) => call is BlobCall.Put && name == PlainTable.Entry(1) && fails-- > 0 ? fault : BlobFault.None;
        var commit = await plain.AppendAsync(basis, "s-0", 7);
        var committed = Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, commit, default));
        Assert.Equal((1, 1), (committed.Version, plain.Store.FaultCount));
        Assert.Equal(1, (await plain.ReadAsync()).Version);
    }

    [Fact]
    public async Task Is_there_once_where_it_is_tried_again_after_the_store_was_away()
    {
        var basis = await plain.CreateAsync();
        var isAway = false;
        plain.Fault = (call, name) =>
        {
            if (isAway) return BlobFault.FailBefore;
            if (call is not BlobCall.Put || name != PlainTable.Entry(1)) return BlobFault.None;
            isAway = true;
            return BlobFault.FailAfterSuccess;
        };
        var commit = await plain.AppendAsync(basis, "s-0", 7);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => plain.Table.CommitAsync(basis, commit, default));
        isAway = false;
        plain.Fault = (_, _) => BlobFault.None;
        var next = (await plain.Another().ReadAsync(default))!;
        await plain.Another().CommitAsync(next, await plain.AppendAsync(next, "s-1", 1), default);
        var committed = Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, commit, default));
        Assert.Equal((1, 2, 2), (committed.Version, committed.Snapshot.Version, committed.Snapshot.Files.Count));
    }

    [Fact]
    public async Task Is_known_by_its_files_where_its_version_was_cleaned_up()
    {
        var basis = await plain.CreateAsync();
        var commit = await plain.AppendAsync(basis, "s-0", 7);
        Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, commit, default));
        await plain.CommitManyAsync(200, TimeSpan.FromMinutes(20));
        Assert.DoesNotContain(PlainTable.Entry(1), plain.Blobs.Names);
        // Its file was merged and forgotten long ago; that its stream has moved is what is left to see.
        Assert.IsType<DeltaOutcome.Superseded>(await plain.Another().CommitAsync(basis, commit with { Adds = [await plain.FileAsync(basis)] }, default));
        var newest = await plain.ReadAsync();
        var file = newest.Files.Values.First();
        Assert.Equal(-1, Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, commit with { Adds = [file] }, default)).Version);
    }

    [Fact]
    public async Task Never_doubles_or_loses_rows_whoever_races_and_whatever_fails()
    {
        var histories = FullRun.Count(20, 1_000);
        for (var seed = 0; seed < histories; seed++)
        {
            var world = new PlainTable(new DeltaTableOptions { CheckpointInterval = 4 });
            await world.CreateAsync();
            var random = new Random(seed);
            world.Fault = (call, name) => !name.Contains("_delta_log", StringComparison.Ordinal) ? BlobFault.None : random.Next(12) switch
            {
                0 => BlobFault.FailBefore,
                1 => BlobFault.FailAfterSuccess,
                _ => BlobFault.None,
            };
            // Three compactors that all want the same two streams, 20 seqs each, one seq a commit.
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CompactAsync(world)));
            world.Fault = (_, _) => BlobFault.None;
            var end = (await world.Another().ReadAsync(default))!;
            Assert.True(end.Files.Count == 40, $"seed {seed}: {end.Files.Count} files");
            Assert.Equal((20, 20, 40), (end.PlaceOf("s-0"), end.PlaceOf("s-1"), end.Version));
        }
        FullRun.Keep(this, $"seeds 0 to {histories - 1}: three compactors raced for 40 commits while one call in six failed; every row was there once");
    }

    static async Task CompactAsync(PlainTable world)
    {
        var table = world.Another();
        DeltaCommit? pending = null;
        DeltaSnapshot? basis = null;
        while (true)
        {
            await Task.Yield();
            try
            {
                if (pending is null)
                {
                    basis = (await table.ReadAsync(default))!;
                    var stream = (basis.PlaceOf("s-0") ?? 0) < 20 ? "s-0" : "s-1";
                    if ((basis.PlaceOf(stream) ?? 0) == 20) return;
                    lock (world) pending = world.AppendAsync(basis, stream, (basis.PlaceOf(stream) ?? 0) + 1).Result;
                }
                await table.CommitAsync(basis!, pending, default);
                pending = null;
            }
            catch (StorageUnavailableException)
            {
                // The same commit again, as its contract says.
            }
        }
    }

    [Fact]
    public async Task Never_takes_the_name_of_a_version_that_was_cleaned_up()
    {
        var basis = await plain.CreateAsync();
        await plain.CommitManyAsync(200, TimeSpan.FromMinutes(20));
        Assert.DoesNotContain(PlainTable.Entry(1), plain.Blobs.Names);
        var committed = Assert.IsType<DeltaOutcome.Committed>(await plain.Another().CommitAsync(basis, await plain.AppendAsync(basis, "s-0", 7), default));
        Assert.Equal(201, committed.Version);
        Assert.DoesNotContain(PlainTable.Entry(1), plain.Blobs.Names);
    }

    [Fact]
    public async Task Takes_one_put_where_nobody_races()
    {
        var basis = await plain.CreateAsync();
        var commit = await plain.AppendAsync(basis, "s-0", 7);
        plain.Calls.Clear();
        await plain.Table.CommitAsync(basis, commit, default);
        Assert.Equal([(BlobCall.Put, PlainTable.Entry(1))], plain.Calls);
    }

    [Fact]
    public async Task Gives_up_where_others_are_always_faster()
    {
        var world = new PlainTable(new DeltaTableOptions { MaxAttempts = 3 });
        var basis = await world.CreateAsync();
        var other = world.Another();
        var isOther = false;
        world.Fault = (call, name) =>
        {
            if (isOther || call is not BlobCall.Put || !name.EndsWith(".json", StringComparison.Ordinal)) return BlobFault.None;
            isOther = true;
            var newest = other.ReadAsync(default).Result!;
            Assert.IsType<DeltaOutcome.Committed>(other.CommitAsync(newest, world.AppendAsync(newest, "other", newest.Version + 1).Result, default).Result);
            isOther = false;
            return BlobFault.None;
        };
        var outcome = await world.Table.CommitAsync(basis, await world.AppendAsync(basis, "s-0", 1), default);
        Assert.Equal(DeltaConflict.Crowded, Assert.IsType<DeltaOutcome.Conflict>(outcome).Reason);
        Assert.Null((await world.ReadAsync()).PlaceOf("s-0"));
    }

    [Fact]
    public async Task Turns_away_what_could_only_harm()
    {
        var basis = await plain.CreateAsync();
        var append = await plain.AppendAsync(basis, "s-0", 7);
        var file = append.Adds[0];
        await Refuses(new() { Operation = "WRITE" }, "changes nothing");
        await Refuses(append with { Adds = [file, file] }, "added twice");
        await Refuses(append with { Adds = [file with { Path = "_hidden.parquet" }] }, "hidden");
        await Refuses(append with { Adds = [file with { Path = "a b.parquet" }] }, "can't stand between slashes");
        await Refuses(append with { Adds = [file with { PartitionValues = file.PartitionValues.Clear() }] }, "partition values");
        await Refuses(append with { Adds = [file with { ModifiedAtMs = file.ModifiedAtMs - (long)TimeSpan.FromHours(13).TotalMilliseconds }] }, "must be committed within");
        await Refuses(append with { Metadata = basis.Metadata with { PartitionColumns = [] } }, "partition columns");
        await Refuses(append with { Metadata = basis.Metadata with { Schema = DeltaSchema.Of(new("id", DeltaType.String), new("month", DeltaType.String)) } }, "keeps its physical name and type");
        Assert.IsType<DeltaOutcome.Committed>(await plain.Table.CommitAsync(basis, append, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await plain.Table.CommitAsync(await plain.ReadAsync(), append with { Id = "again", Adds = [] }, default));

        async Task Refuses(DeltaCommit commit, string words) =>
            Assert.Contains(words, (await Assert.ThrowsAsync<ArgumentException>(() => plain.Table.CommitAsync(basis, commit, default))).Message, StringComparison.Ordinal);
    }
}
