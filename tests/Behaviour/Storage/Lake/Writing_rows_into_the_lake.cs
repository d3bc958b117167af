using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

public class Writing_rows_into_the_lake
{
    [Theory]
    [InlineData(ItemKind.Event, LakeSplit.ByDate, 1)]
    [InlineData(ItemKind.Event, LakeSplit.ByMonth, 2)]
    [InlineData(ItemKind.ProfileUpdate, LakeSplit.ByDate, 3)]
    [InlineData(ItemKind.GroupUpdate, LakeSplit.ByMonth, 4)]
    [InlineData(ItemKind.LinkClaim, LakeSplit.ByDate, 5)]
    public async Task Loses_no_row_and_no_value(ItemKind kind, LakeSplit split, int seed)
    {
        var (world, table) = (new LakeWorld(options: new() { MaxRowsPerRowGroup = 100 }), LakeWorld.TableOf(kind));
        var items = new RandomItems(seed);
        for (var file = 0; file < 5; file++) await world.StoreAsync(kind, Enumerable.Range(0, 150).Select(i => items.Next(kind, Batches.NowMs + i)));
        var recent = await RowLines.OfAsync(await world.Recent.OpenAsync(LakeWorld.ProjectId, table, default));

        var version = await world.AppendAsync(table, split);
        var files = world.Open(version, table);
        Assert.Equal(recent, await RowLines.OfAsync(files));

        var merged = await world.CommitAsync(table, files, LakeSplit.ByMonth, removes: [.. version.Files.Keys]);
        Assert.Equal(recent, await RowLines.OfAsync(world.Open(merged, table)));
    }

    [Theory]
    [InlineData(1, 64, 0)]
    [InlineData(2, 200, 3_000)]
    [InlineData(3, 1, 48_000_000)] // every person by itself
    public async Task Range_by_range_makes_the_same_rows_in_the_same_order(int seed, int maxRowsAtOnce, long heldBytes)
    {
        var options = new LakeWriterOptions { MaxRowsPerRowGroup = 50, TargetFileBytes = 8_000 };
        // With little or nothing to hold of its sources it reads and decodes them again for each range.
        var (whole, parts) = (new LakeWorld(options: options), new LakeWorld(options: options with
        {
            MaxRowsAtOnce = maxRowsAtOnce, MaxSourceBytes = heldBytes, MaxDecodedBytes = heldBytes, MaxPeekedBytes = heldBytes,
        }));
        foreach (var world in new[] { whole, parts })
        {
            var items = new RandomItems(seed);
            for (var file = 0; file < 4; file++) await world.StoreAsync(ItemKind.Event, Enumerable.Range(0, 150).Select(i => items.Next(ItemKind.Event, Batches.NowMs + i)));
        }
        foreach (var split in new[] { LakeSplit.ByDate, LakeSplit.ByMonth })
        {
            Assert.Equal(await OrderedAsync(whole, split), await OrderedAsync(parts, split));
        }
    }

    [Fact]
    public async Task Sorts_by_person_and_time_and_tells_the_log_what_is_where()
    {
        var world = new LakeWorld(options: new() { MaxRowsPerRowGroup = 40, TargetFileBytes = 6_000 });
        var items = new RandomItems(9);
        world.Persons = Links(("u1", "u2"), ("u3", "$device:d3"));
        await world.StoreAsync(ItemKind.Event, Enumerable.Range(0, 900).Select(i => items.Next(ItemKind.Event, Batches.NowMs + i)));
        foreach (var split in new[] { LakeSplit.ByDate, LakeSplit.ByMonth })
        {
            var version = await world.CommitAsync(RowLayout.Events, (await world.Recent.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files, split, removes: [.. (await world.Tables.CreateAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files.Keys]);
            var lake = version.Files.Values.Select(file => LakeFile.Of(version, file)).ToList();
            var rows = world.Open(version, RowLayout.Events).ToDictionary(file => file.Name);
            foreach (var file in lake)
            {
                var lines = await SortKeysAsync(rows[version.BlobOf(file.File)], world.Persons);
                Assert.Equal(lines.OrderBy(line => line.Hash).ThenBy(line => line.Person, StringComparer.Ordinal).ThenBy(line => line.TimeMs).ThenBy(line => line.Tie, StringComparer.Ordinal), lines);
                Assert.Equal((lines.Min(line => line.Hash), lines.Max(line => line.Hash)), file.Persons);
                Assert.Equal((lines.Min(line => line.TimeMs), lines.Max(line => line.TimeMs)), file.Times);
                Assert.Equal(lines.Count, file.RowCount);
                Assert.All(lines, line => Assert.Equal(file.Month, LakeLayout.MonthOf(line.TimeMs)));
                if (file.Date is { } date) Assert.All(lines, line => Assert.Equal(date, LakeLayout.DateOf(line.TimeMs)));
                Assert.Equal(split == LakeSplit.ByDate, file.Date is not null);
                Assert.Equal($"{{\"numRecords\":{file.RowCount},", file.File.Statistics!.Json[..$"{{\"numRecords\":{file.RowCount},".Length]);
            }
            if (split == LakeSplit.ByDate) continue;
            Assert.True(lake.Count > 4, $"{lake.Count} files");
            // Files of a month share out the persons; only one with more rows than fit stands in two.
            foreach (var month in lake.GroupBy(file => file.Month))
                foreach (var (one, next) in month.OrderBy(file => file.Persons.First).Zip(month.OrderBy(file => file.Persons.First).Skip(1))) Assert.True(one.Persons.Last <= next.Persons.First, $"{one.Path} and {next.Path} overlap");
        }
    }

    [Fact]
    public async Task Times_past_all_calendars_lose_nothing()
    {
        var world = new LakeWorld();
        var items = new RandomItems(3);
        long[] times = [long.MinValue + 2, -62_135_596_800_001, -62_135_596_800_000, -1, 0, 253_402_300_799_999, 253_402_300_800_000, long.MaxValue];
        await world.StoreAsync(ItemKind.Event, times.Select(time =>
        {
            var item = items.Next(ItemKind.Event, Batches.NowMs);
            (item.TimeMs, item.SentTimeMs) = (time, time);
            return item;
        }));
        var recent = await RowLines.OfAsync(await world.Recent.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default));
        foreach (var split in new[] { LakeSplit.ByDate, LakeSplit.ByMonth })
        {
            var version = await world.CommitAsync(RowLayout.Events, (await world.Snapshots.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files, split, split == LakeSplit.ByDate ? 10_000 : null, (await world.Tables.CreateAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files.Keys.ToList());
            Assert.Equal(recent, await RowLines.OfAsync(world.Open(version, RowLayout.Events)));
        }
    }

    [Fact]
    public async Task A_failed_write_leaves_no_file_behind()
    {
        var blobs = new InMemoryBlobStore();
        var world = new LakeWorld(blobs);
        var items = new RandomItems(4);
        await world.StoreAsync(ItemKind.Event, Enumerable.Range(0, 50).Select(i => items.Next(ItemKind.Event, Batches.NowMs)));
        var basis = await world.Tables.CreateAsync(LakeWorld.ProjectId, RowLayout.Events, default);
        var sources = (await world.Recent.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files;
        var before = blobs.Names;
        using var stop = new CancellationTokenSource();
        var failing = new LakeWriter(new StoppingStore(blobs, stop), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => failing.WriteAsync(basis, RowLayout.Events, sources, LakeSplit.ByDate, world.Persons, stop.Token));
        Assert.Equal(before, blobs.Names);

        var write = await world.Writer.WriteAsync(basis, RowLayout.Events, sources, LakeSplit.ByDate, world.Persons, default);
        Assert.Equal(50, write.RowCount);
        await world.Writer.DropAsync(write);
        Assert.Equal(before, blobs.Names);
    }

    [Fact]
    public async Task A_person_with_a_million_events_passes_through()
    {
        var count = FullRun.Count(60_000, 1_000_000);
        var world = new LakeWorld(options: new() { MaxRowsAtOnce = count / 3, TargetFileBytes = count * 8L });
        var (batch, left) = (20_000, count);
        while (left > 0)
        {
            var size = Math.Min(batch, left);
            await world.StoreAsync(ItemKind.Event, Enumerable.Range(left, size).Select(i => new Item
            {
                Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Id = new(1, 1, i), Name = Batches.Utf8("tick"), DistinctId = Batches.Utf8("one"),
                TimeMs = Batches.NowMs + (i * 7919L % 80_000_000), SentTimeMs = Batches.NowMs, ReceivedAtMs = Batches.NowMs + i, Body = Batches.Utf8($$"""{"n":{{i}}}"""),
            }));
            left -= size;
        }
        var version = await world.AppendAsync(RowLayout.Events, LakeSplit.ByMonth);
        var files = version.Files.Values.Select(file => LakeFile.Of(version, file)).OrderBy(file => file.Times.FirstMs).ToList();
        Assert.Equal(count, files.Sum(file => file.RowCount));
        var seen = new HashSet<double>();
        foreach (var file in world.Open(version, RowLayout.Events))
        {
            var parquet = ParquetReader.Open(file.Name, (await world.Blobs.ReadAsync(file.Name, default))!.Bytes);
            Assert.All(parquet.RowGroups, group => Assert.InRange(group.RowCount, 1, 32_768));
            var times = (await file.ReadInt64Async(RowLayout.Time, default))!;
            for (var row = 1; row < file.RowCount; row++) Assert.True(times.Values[row - 1] <= times.Values[row]);
            foreach (var value in (await file.ReadDoubleAsync("n.n", default))!.Values) seen.Add(value);
        }
        Assert.Equal(count, seen.Count);
    }

    static async Task<List<string>> OrderedAsync(LakeWorld world, LakeSplit split)
    {
        var basis = await world.Tables.CreateAsync(LakeWorld.ProjectId, RowLayout.Events, default);
        var sources = (await world.Recent.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files;
        var version = await world.CommitAsync(RowLayout.Events, sources, split, removes: [.. basis.Files.Keys]);
        var lines = new List<string>();
        var opener = world.Files.Opener(version, LakeSchema.Of(RowLayout.Events, version.Schema));
        foreach (var file in version.Files.Values.Select(file => LakeFile.Of(version, file)).OrderBy(file => file.Month, StringComparer.Ordinal).ThenBy(file => file.Date).ThenBy(file => file.Persons.First))
            lines.AddRange(await RowLines.OfAsync(opener(file)));
        return lines;
    }

    static async Task<List<(ulong Hash, string Person, long TimeMs, string Tie)>> SortKeysAsync(RowFile file, PersonMap persons)
    {
        var texts = new Dictionary<string, RowTexts>();
        foreach (var name in new[] { "person", "event", "insert_id", "item_id", "distinct_id", "device_id", "user_id", "dialect" }) texts[name] = new(await file.ReadTextAsync(name, default));
        var times = (await file.ReadInt64Async(RowLayout.Time, default))!;
        return [.. Enumerable.Range(0, file.RowCount).Select(row =>
        {
            var dialect = Enum.Parse<Dialect>(texts["dialect"][row], ignoreCase: true);
            var person = persons.PersonOf(new SeenIds(dialect, texts["distinct_id"][row], texts["device_id"][row], texts["user_id"][row], ReceiptOrder.Last));
            Assert.Equal(person, texts["person"][row]);
            return (PersonHash.Of(Batches.Utf8(person)), person, times.Values[row], string.Join('\u0001', texts["event"][row], texts["insert_id"][row], texts["item_id"][row]));
        })];
    }

    static PersonMap Links(params (string, string)[] links)
    {
        var fold = new IdentityFold(IdentityMode.Simplified);
        fold.Add([.. links.Select((link, i) => new LinkClaim(new(i + 1, new(1, 1, i)), LinkRule.ByHand, link.Item1, link.Item2))]);
        return fold.Map;
    }

    /// <summary>Stops everything when the second data file is put.</summary>
    sealed class StoppingStore(IBlobStore blobs, CancellationTokenSource stop) : IBlobStore
    {
        int puts;

        public async Task<string?> PutAsync(string name, ReadOnlyMemory<byte> content, PutCondition condition, CancellationToken cancellationToken)
        {
            if (++puts == 4) await stop.CancelAsync();
            return await blobs.PutAsync(name, content, condition, cancellationToken);
        }

        public Task<IBlobDraft> BeginAsync(string name, CancellationToken cancellationToken) => blobs.BeginAsync(name, cancellationToken);
        public Task<BlobContent?> ReadAsync(string name, CancellationToken cancellationToken) => blobs.ReadAsync(name, cancellationToken);
        public Task<BlobEntry?> FindAsync(string name, CancellationToken cancellationToken) => blobs.FindAsync(name, cancellationToken);
        public ValueTask<int> ReadRangeAsync(string name, long offset, Memory<byte> into, CancellationToken cancellationToken) => blobs.ReadRangeAsync(name, offset, into, cancellationToken);
        public IAsyncEnumerable<BlobEntry> ListAsync(string prefix, string? after, CancellationToken cancellationToken) => blobs.ListAsync(prefix, after, cancellationToken);
        public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => blobs.DeleteAsync(name, cancellationToken);
        public Task<IBlobLease?> TryLeaseAsync(string name, TimeSpan duration, CancellationToken cancellationToken) => blobs.TryLeaseAsync(name, duration, cancellationToken);
    }
}
