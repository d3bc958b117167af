using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Recent;

public class Reading_recent_files
{
    readonly InMemoryBlobStore blobs = new();
    readonly ColumnCache cache = new(1 << 20);
    readonly RecentReader reader;

    public Reading_recent_files() => reader = new(blobs, cache);

    [Fact]
    public async Task A_stored_file_gives_back_every_column_that_was_collected()
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        for (var i = 0; i < 500; i++) rows.Add(Event(i, body: $$"""{"plan":"{{(i % 3 == 0 ? "pro" : "free")}}","price":{{i}}.5,"paid":{{(i % 2 == 0 ? "true" : "false")}},"list":[{{i}}]}"""), i / 10, i % 10);
        rows.Add(Event(500, body: """{"rare":"once"}"""), 50, 0);
        await WriteAsync(rows, 0, 50);

        var file = Assert.Single((await OpenAsync()).Files);
        Assert.Equal(501, file.RowCount);
        Assert.True(file.Live.IsAll);
        Assert.Equal((Batches.NowMs, Batches.NowMs + 500), (file.Facts.MinTimeMs, file.Facts.MaxTimeMs));
        Assert.Equal(rows.Build().Select(column => column.Info), file.Facts.Schema);
        foreach (var (info, expected) in rows.Build()) Assert.Equal(Show(expected), Show((await file.ReadAsync(info.Name, default))!));
        Assert.Null(await file.ReadAsync("s.unknown", default));
    }

    [Fact]
    public async Task Every_kind_has_its_columns()
    {
        foreach (var kind in Enum.GetValues<ItemKind>())
        {
            var rows = new RecentRowsBuilder(kind);
            var item = Event(1, body: """{"set":{"a":1}}""");
            (item.Kind, item.OtherId, item.LinkRule, item.SkipsProfile) = (kind, Batches.Utf8("other"), Cairn.Model.Identity.LinkRule.ByHand, true);
            rows.Add(item, 3, 2);
            await RecentWriter.WriteAsync(blobs, new("p1", kind.ToString(), "s", 0, 3, 3), rows, default);
            var file = Assert.Single((await reader.OpenAsync("p1", kind.ToString(), default)).Files);
            foreach (var (info, expected) in rows.Build()) Assert.Equal(Show(expected), Show((await file.ReadAsync(info.Name, default))!));
        }
    }

    [Fact]
    public async Task A_snapshot_sees_what_was_there_and_the_next_one_what_came()
    {
        await WriteAsync(0, 9);
        var first = await OpenAsync();
        await WriteAsync(10, 14);
        var second = await OpenAsync();
        Assert.Equal((10, 15), (first.RowCount, second.RowCount));
        Assert.Same(second, await OpenAsync());
        Assert.Equal(Batches.NowMs + 14, second.ReceivedUpToMs);
    }

    [Theory] // the borders of batches as they were stored, and how many of 30 messages of one row each are there
    [InlineData("0-9 10-19 20-29", 30)]
    [InlineData("0-9 5-19", 20)] // redelivered with other borders
    [InlineData("0-19 5-9", 20)] // a slow owner stores what another has stored
    [InlineData("0-9 0-19 0-29", 30)]
    [InlineData("0-29 0-19 0-9", 30)]
    [InlineData("0-4 10-14 3-11 12-29", 30)]
    [InlineData("5-9 0-29", 30)]
    [InlineData("0-9 0-9", 10)]
    public async Task Each_place_counts_once_whatever_the_borders(string batches, int rows)
    {
        foreach (var batch in batches.Split(' '))
        {
            var borders = batch.Split('-').Select(int.Parse).ToArray();
            await WriteAsync(borders[0], borders[1]);
            await OpenAsync(); // file by file, as they come
        }
        await AssertPlacesAsync(await OpenAsync(), rows);
        await AssertPlacesAsync(await new RecentReader(blobs, cache).OpenAsync("p1", RowLayout.Events, default), rows); // and all at once
    }

    [Fact]
    public async Task The_same_batch_stored_again_makes_no_second_file()
    {
        await WriteAsync(0, 9);
        await WriteAsync(0, 9);
        Assert.Single(blobs.Names);
    }

    [Fact]
    public async Task Streams_and_partitions_number_their_messages_by_themselves()
    {
        await WriteAsync(0, 9);
        await WriteAsync(0, 9, stream: "hub-2", who: "bob");
        await WriteAsync(0, 9, partition: 1, who: "eve");
        Assert.Equal(30, (await OpenAsync()).RowCount);
    }

    [Fact]
    public async Task When_a_file_goes_the_rows_that_stood_back_for_it_count_again()
    {
        await WriteAsync(0, 9);
        await WriteAsync(5, 19);
        var before = await OpenAsync();
        await blobs.DeleteAsync(before.Files[0].Name, default);
        var after = await OpenAsync();
        Assert.Equal((20, 15), (before.RowCount, after.RowCount));
    }

    [Fact]
    public async Task A_column_of_a_file_that_went_says_so()
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        for (var i = 0; i < 2_000; i++) rows.Add(Event(i, body: $$"""{"a":"{{Guid.NewGuid()}}{{Guid.NewGuid()}}"}"""), i, 0);
        await WriteAsync(rows, 0, 1_999);
        var file = (await OpenAsync()).Files[0];
        await blobs.DeleteAsync(file.Name, default);
        Assert.Equal(file.Name, (await Assert.ThrowsAsync<RowFileGoneException>(async () => await file.ReadAsync("s.a", default))).Name);
        Assert.Empty((await OpenAsync()).Files);
    }

    [Fact]
    public async Task Readers_never_wait_for_a_store_that_came_back()
    {
        var faulty = new FaultyBlobStore(blobs);
        var patient = new RecentReader(faulty, new ColumnCache(1 << 20));
        await WriteAsync(0, 9);
        await WriteAsync(10, 19);
        foreach (var call in (BlobCall[])[BlobCall.List, BlobCall.Read])
        {
            faulty.Decide = (now, name) => now == call ? BlobFault.FailBefore : BlobFault.None;
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await patient.OpenAsync("p1", RowLayout.Events, default));
        }
        faulty.Decide = (_, _) => BlobFault.None;
        Assert.Equal(20, (await patient.OpenAsync("p1", RowLayout.Events, default)).RowCount);
    }

    [Fact]
    public async Task The_cache_keeps_to_its_budget_and_answers_stay_right()
    {
        var small = new ColumnCache(60_000);
        var frugal = new RecentReader(blobs, small);
        for (var batch = 0; batch < 10; batch++) await WriteAsync(batch * 100, (batch * 100) + 99);
        var snapshot = await frugal.OpenAsync("p1", RowLayout.Events, default);
        for (var round = 0; round < 3; round++)
            foreach (var file in snapshot.Files)
                foreach (var column in file.Facts.Schema)
                {
                    Assert.Equal(100, (await file.ReadAsync(column.Name, default))!.RowCount);
                    Assert.InRange(small.Bytes, 0, 60_000);
                }
        var (_, misses) = small.Uses;
        await snapshot.Files[^1].ReadAsync(snapshot.Files[^1].Facts.Schema[^1].Name, default);
        Assert.Equal(misses, small.Uses.Misses);
    }

    static async Task AssertPlacesAsync(RowSnapshot snapshot, int rows)
    {
        var places = new List<long>();
        foreach (var file in snapshot.Files)
        {
            var seqs = (await file.ReadInt64Async(RowLayout.Seq, default))!;
            for (var row = 0; row < file.RowCount; row++)
                if (file.Live[row]) places.Add(seqs.Values[row]);
        }
        Assert.Equal(Enumerable.Range(0, rows).Select(seq => (long)seq), places.Order());
        Assert.Equal(rows, snapshot.RowCount);
    }

    ValueTask<RowSnapshot> OpenAsync() => reader.OpenAsync("p1", RowLayout.Events, default);

    /// <summary>Stores a batch of messages of one event each.</summary>
    async Task WriteAsync(int firstSeq, int lastSeq, string stream = "hub-1", int partition = 0, string who = "ann")
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        for (var seq = firstSeq; seq <= lastSeq; seq++) rows.Add(Event(seq, who), seq, 0);
        await WriteAsync(rows, firstSeq, lastSeq, stream, partition);
    }

    Task<string> WriteAsync(RecentRowsBuilder rows, int firstSeq, int lastSeq, string stream = "hub-1", int partition = 0) =>
        RecentWriter.WriteAsync(blobs, new("p1", RowLayout.Events, stream, partition, firstSeq, lastSeq), rows, default);

    static Item Event(int number, string who = "ann", string body = "{}") => new()
    {
        Kind = ItemKind.Event,
        Dialect = Dialect.Mixpanel,
        Id = new((ulong)who.GetHashCode(StringComparison.Ordinal), 7, number),
        ReceivedAtMs = Batches.NowMs + number,
        TimeMs = Batches.NowMs + number,
        SentTimeMs = number % 7 == 0 ? 0 : Batches.NowMs + number,
        Name = Batches.Utf8($"event {number % 5}"),
        DistinctId = Batches.Utf8(who),
        UserId = number % 2 == 0 ? default : Batches.Utf8(who),
        SessionId = Batches.Utf8("s"),
        Body = Batches.Utf8(body),
    };

    static string Show(StoredColumn column) => column switch
    {
        TextColumn texts => string.Join(',', Enumerable.Range(0, texts.RowCount).Select(row => texts.Codes[row] < 0 ? "null" : $"'{System.Text.Encoding.UTF8.GetString(texts.Utf8(row))}'")),
        Int64Column numbers => string.Join(',', numbers.Values.ToArray()),
        DoubleColumn numbers => string.Join(',', numbers.Values.ToArray()),
        BooleanColumn booleans => string.Join(',', booleans.Values.ToArray()),
        _ => throw new InvalidOperationException(column.GetType().Name),
    };
}
