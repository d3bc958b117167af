using System.Text;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Support.Stores;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Delta;

public class Reading_a_table
{
    static readonly bool IsFull = FullRun.IsOn;

    readonly PlainTable plain = new();

    [Fact]
    public async Task Gives_nothing_where_there_is_none()
    {
        Assert.Null(await plain.Table.ReadAsync(default));
        var made = await plain.CreateAsync();
        Assert.Equal(PlainTable.Text(made), PlainTable.Text(await plain.Another().CreateAsync(DeltaSchema.Of(new DeltaFixedColumn("other", DeltaType.Date)), [], default)));
    }

    [Fact]
    public async Task Costs_the_same_however_many_commits_it_had()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(15, TimeSpan.FromMinutes(1));
        var young = await CostAsync();
        await plain.CommitManyAsync((IsFull ? 100_000 : 5_000) - 10, TimeSpan.FromMinutes(1));
        var old = await CostAsync();
        Assert.Equal(young.Cold, old.Cold);
        Assert.Equal(young.Warm, old.Warm);
        Assert.Equal([BlobCall.List], old.Warm);
        // The day that is kept, and no more: 1,440 versions a day at one a minute, with their checkpoints.
        Assert.InRange(plain.Blobs.Names.Count(name => name.Contains("_delta_log", StringComparison.Ordinal)), 1440, 1440 + 200);
        // Live and lately removed files both show in what is read; neither grows.
        Assert.InRange(old.CheckpointBytes, 1, 200_000);
    }

    async Task<(List<BlobCall> Cold, List<BlobCall> Warm, int CheckpointBytes)> CostAsync()
    {
        var table = plain.Another();
        plain.Calls.Clear();
        var read = await table.ReadAsync(default);
        List<BlobCall> cold = [.. plain.Calls.Select(call => call.Call)];
        plain.Calls.Clear();
        Assert.Equal(read!.Version, (await table.ReadAsync(default))!.Version);
        var checkpoint = (await plain.Blobs.ReadAsync($"{PlainTable.Root}/_delta_log/{read.CheckpointVersion:D20}.checkpoint.parquet", default))!;
        return (cold, [.. plain.Calls.Select(call => call.Call)], checkpoint.Bytes.Length);
    }

    [Fact]
    public async Task From_a_checkpoint_is_the_same_as_from_the_beginning()
    {
        var story = new TableStory(plain.Store, plain.Clock, 11, plain.Options);
        await story.CreateAsync();
        for (var commit = 0; commit < 60; commit++)
        {
            await story.StepAsync();
            var mine = (await story.Table.ReadAsync(default))!;
            var cold = (await plain.Another().ReadAsync(default))!;
            Assert.Equal(PlainTable.Text(mine), PlainTable.Text(cold));
            if (commit < 55) continue;
            var replayed = new InMemoryBlobStore(plain.Clock);
            for (var version = 0; version <= mine.Version; version++)
                await replayed.PutAsync(PlainTable.Entry(version), (await plain.Blobs.ReadAsync(PlainTable.Entry(version), default))!.Bytes, PutCondition.None, default);
            Assert.Equal(PlainTable.Text(mine), PlainTable.Text((await new DeltaTable(replayed, PlainTable.Root, plain.Clock).ReadAsync(default))!));
        }
        Assert.Equal(5 * 12, plain.Blobs.Names.Count(name => name.EndsWith(".checkpoint.parquet", StringComparison.Ordinal)) * 10);
    }

    [Fact]
    public async Task Goes_on_where_a_clean_up_was_faster()
    {
        await plain.CreateAsync();
        var sleeper = plain.Another();
        await sleeper.ReadAsync(default);
        await plain.CommitManyAsync(300, TimeSpan.FromMinutes(15));
        Assert.DoesNotContain(PlainTable.Entry(1), plain.Blobs.Names);
        Assert.Equal(PlainTable.Text(await plain.ReadAsync()), PlainTable.Text((await sleeper.ReadAsync(default))!));
    }

    [Fact]
    public async Task Needs_no_pointer()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(25, TimeSpan.FromMinutes(1));
        await plain.Blobs.DeleteAsync($"{PlainTable.Root}/_delta_log/_last_checkpoint", default);
        Assert.Equal(PlainTable.Text(await plain.ReadAsync()), PlainTable.Text((await plain.Another().ReadAsync(default))!));
    }

    [Theory]
    [InlineData("{\"version\":1")] // torn
    [InlineData("")]
    [InlineData("{\"version\":4000,\"size\":1}")] // altered: there is no such version
    [InlineData("{\"version\":-1,\"size\":1}")]
    public async Task Does_without_a_torn_pointer_until_the_next_checkpoint_puts_it_right(string bytes)
    {
        var pointer = $"{PlainTable.Root}/_delta_log/_last_checkpoint";
        await plain.CreateAsync();
        await plain.CommitManyAsync(12, TimeSpan.FromMinutes(1));
        await plain.Blobs.PutAsync(pointer, Encoding.UTF8.GetBytes(bytes), PutCondition.None, default);
        Assert.Equal(PlainTable.Text(await plain.ReadAsync()), PlainTable.Text((await plain.Another().ReadAsync(default))!));
        if (bytes.Contains("4000", StringComparison.Ordinal)) return;
        await plain.CommitManyAsync(10, TimeSpan.FromMinutes(1));
        Assert.Contains("\"version\":20", Encoding.UTF8.GetString((await plain.Blobs.ReadAsync(pointer, default))!.Bytes.Span), StringComparison.Ordinal);
        Assert.Equal(20, (await plain.Another().ReadAsync(default))!.CheckpointVersion);
    }

    [Theory]
    [InlineData(3, 3)] // in the middle
    [InlineData(0, 0)] // the first
    [InlineData(5, 5)] // the last, for whoever read it before
    public async Task Reports_a_lost_file_by_its_name(int lost, int named)
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(5, TimeSpan.FromMinutes(1));
        await plain.Blobs.DeleteAsync(PlainTable.Entry(lost), default);
        var fault = await Assert.ThrowsAsync<DeltaFormatException>(() => (lost == 5 ? plain.Table : plain.Another()).ReadAsync(default));
        Assert.Equal(PlainTable.Entry(named), fault.File);
        Assert.Contains("lost", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_a_lost_file_behind_a_checkpoint_and_a_lost_checkpoint()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(110, TimeSpan.FromMinutes(30));
        var first = plain.Blobs.Names.First(name => name.EndsWith(".json", StringComparison.Ordinal));
        Assert.NotEqual(PlainTable.Entry(0), first);
        await plain.CommitManyAsync(3, TimeSpan.FromMinutes(1));
        var newest = await plain.ReadAsync();
        await plain.Blobs.DeleteAsync(PlainTable.Entry(newest.Version - 1), default);
        Assert.Equal(PlainTable.Entry(newest.Version - 1), (await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default))).File);
        foreach (var name in plain.Blobs.Names.Where(name => name.EndsWith(".checkpoint.parquet", StringComparison.Ordinal))) await plain.Blobs.DeleteAsync(name, default);
        Assert.Equal(PlainTable.Entry(0), (await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default))).File);
    }

    [Fact]
    public async Task Never_reads_half_of_a_torn_or_altered_version()
    {
        var basis = await plain.CreateAsync();
        await plain.Table.CommitAsync(basis, await plain.AppendAsync(basis, "s-0", 3), default);
        var whole = (await plain.Blobs.ReadAsync(PlainTable.Entry(1), default))!.Bytes.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            await plain.Blobs.PutAsync(PlainTable.Entry(1), whole.AsMemory(0, length), PutCondition.None, default);
            var fault = await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default));
            Assert.Equal((PlainTable.Entry(1), 1), (fault.File, fault.Line));
        }
        var body = Array.IndexOf(whole, (byte)'\n') + 1;
        for (var at = body; at < whole.Length; at++)
        {
            var altered = whole.ToArray();
            altered[at] ^= 1;
            await plain.Blobs.PutAsync(PlainTable.Entry(1), altered, PutCondition.None, default);
            await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default));
        }
    }

    [Fact]
    public async Task Never_reads_an_altered_checkpoint()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(10, TimeSpan.FromMinutes(1));
        var file = plain.Blobs.Names.Single(name => name.EndsWith(".checkpoint.parquet", StringComparison.Ordinal));
        var whole = (await plain.Blobs.ReadAsync(file, default))!.Bytes.ToArray();
        var random = new Random(5);
        for (var round = 0; round < FullRun.Count(200, 5_000); round++)
        {
            var altered = whole.ToArray();
            altered[random.Next(altered.Length)] ^= (byte)(1 << random.Next(8));
            await plain.Blobs.PutAsync(file, altered, PutCondition.None, default);
            Assert.Equal(file, (await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default))).File);
        }
    }

    [Theory]
    [InlineData("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}""", "deletionVectors")]
    [InlineData("""{"domainMetadata":{"domain":"x","configuration":"","removed":false}}""", "domainMetadata")]
    [InlineData("""{"add":{"path":"a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true,"deletionVector":{"storageType":"u"}}}""", "deletion vectors")]
    [InlineData("""{"add":{"path":"../a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}""", "below the table's root")]
    [InlineData("""{"add":{"path":"s3://x/a.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}}""", "below the table's root")]
    [InlineData("""{"add":{"path":"a.parquet","partitionValues":{},"size":"1","modificationTime":1,"dataChange":true}}""", "Number")]
    [InlineData("""{"add":{"path":"a.parquet"}}""", "key")]
    [InlineData("""{"txn":{"appId":"a","version":1},"add":{"path":"a"}}""", "one action a line")]
    [InlineData("""[]""", "JSON object")]
    [InlineData("""{}""", "without an action")]
    [InlineData("""{"metaData":{"id":"a","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":[],"configuration":{}}}""", "delta.columnMapping.mode")]
    public async Task Refuses_what_it_does_not_know(string line, string words)
    {
        await plain.CreateAsync();
        await plain.Blobs.PutAsync(PlainTable.Entry(1), Encoding.UTF8.GetBytes("""{"commitInfo":{"engineInfo":"another"}}""" + "\n" + line), PutCondition.None, default);
        var fault = await Assert.ThrowsAsync<DeltaFormatException>(() => plain.Another().ReadAsync(default));
        Assert.Equal((PlainTable.Entry(1), 2), (fault.File, fault.Line));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }
}
