using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Lake;
using Cairn.Storage.Lake.Writing;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

public class Keys_of_stored_rows
{
    [Theory]
    [InlineData(ItemKind.Event, 1)]
    [InlineData(ItemKind.ProfileUpdate, 2)]
    [InlineData(ItemKind.GroupUpdate, 3)]
    [InlineData(ItemKind.LinkClaim, 4)]
    public async Task Made_again_from_the_lakes_columns_are_those_that_recent_files_keep(ItemKind kind, int seed)
    {
        var (world, table, items) = (new LakeWorld(), LakeWorld.TableOf(kind), new RandomItems(seed));
        await world.StoreAsync(kind, Enumerable.Range(0, 500).Select(i =>
        {
            var item = items.Next(kind, Batches.NowMs + i);
            // What is no UTF-8 is stored as U+FFFD, and its key is that of what is stored.
            if (i % 7 == 0) item.DeviceId = new byte[] { (byte)'d', 0xFF, 0xC3 };
            return item;
        }));
        var stored = new Dictionary<string, DuplicateKey>();
        foreach (var file in (await world.Recent.OpenAsync(LakeWorld.ProjectId, table, default)).Files)
        {
            var (highs, lows, ids) = ((await file.ReadInt64Async(RowLayout.DuplicateHigh, default))!, (await file.ReadInt64Async(RowLayout.DuplicateLow, default))!, (await file.ReadTextAsync(RowLayout.ItemId, default))!);
            for (var row = 0; row < file.RowCount; row++) stored.Add(ids.Dictionary.Text(ids.Codes[row]), new(highs.Values[row], lows.Values[row]));
        }
        var made = 0;
        foreach (var file in world.Open(await world.AppendAsync(table), table))
            foreach (var (id, key) in await KeysAsync(table, file))
            {
                Assert.Equal(stored[id], key);
                made++;
            }
        Assert.Equal(stored.Count, made);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(300_000)]
    public void A_filter_denies_no_key_it_holds_and_affirms_hardly_another(int count)
    {
        var random = new Random(count);
        var keys = Enumerable.Range(0, count).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        var filter = KeyFilter.Of([.. keys, .. keys.Take(5)]);
        var read = KeyFilter.Read("f", filter.ToBytes());
        Assert.All(keys, key => Assert.True(filter.MayHold(key) && read.MayHold(key)));
        var wrong = Enumerable.Range(0, 200_000).Count(_ => read.MayHold(random.NextInt64(long.MinValue, long.MaxValue)));
        Assert.InRange(wrong, 0, 20);
        if (count >= 300_000) Assert.InRange(filter.ToBytes().Length / (double)count, 2, 2.4);
    }

    [Fact]
    public void A_filter_of_many_keys_is_made_of_parts_and_denies_none_of_them()
    {
        var (random, list) = (new Random(5), new KeyList());
        var keys = Enumerable.Range(0, (KeyFilter.PartKeys * 2) + 1).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)).ToArray();
        foreach (var key in keys) list.Add(key);
        var bytes = KeyFilter.Of(list).ToBytes();
        var filter = KeyFilter.Read("many", bytes);
        Assert.True(bytes.AsSpan().StartsWith("CKF2"u8));
        Assert.All(keys, key => Assert.True(filter.MayHold(key)));
        Assert.InRange(Enumerable.Range(0, 200_000).Count(_ => filter.MayHold(random.NextInt64(long.MinValue, long.MaxValue))), 0, 20);
        Assert.InRange(bytes.Length * 8.0 / keys.Length, 18, 20);
        bytes[20] ^= 1;
        Assert.Contains("many", Assert.Throws<RemakableFileException>(() => KeyFilter.Read("many", bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_torn_or_altered_filter_is_told_from_a_whole_one()
    {
        var bytes = KeyFilter.Of([1, 2, 3, 4, 5]).ToBytes();
        for (var at = 0; at < bytes.Length; at++)
        {
            var altered = bytes.ToArray();
            altered[at] ^= 0x10;
            Assert.Throws<RemakableFileException>(() => KeyFilter.Read("f", altered));
            Assert.Throws<RemakableFileException>(() => KeyFilter.Read("f", bytes.AsSpan(0, at)));
        }
    }

    [Fact]
    public async Task A_file_whose_filter_is_lost_is_looked_through()
    {
        var world = new LakeWorld();
        var item = new RandomItems(1).Next(ItemKind.Event, Batches.NowMs);
        var version = await world.MoveAsync(RowLayout.Events, 0, (await world.StoreAsync(ItemKind.Event, [item])).LastSeq);
        await world.Blobs.DeleteAsync(LakeLayout.KeysOf(version.Root, Assert.Single(version.Files.Keys)), default);
        await world.StoreAsync(ItemKind.Event, [item], 1);
        Assert.Equal(1, (await world.NewReader().OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).RowCount);
    }

    static async Task<List<(string ItemId, DuplicateKey Key)>> KeysAsync(string table, RowFile file)
    {
        var keys = new List<(string, DuplicateKey)>();
        foreach (var segment in await RowSegment.OpenAsync(file, default))
        {
            var rows = Enumerable.Range(0, segment.RowCount).ToArray();
            var texts = new Dictionary<string, KeyTexts>();
            foreach (var column in RowKeys.TextsOf(table))
            {
                var (gathered, codes) = (new GatheredTexts(), new int[rows.Length]);
                if (await segment.ReadAsync(column, default) is TextColumn read) gathered.Add(read, rows, codes);
                else Array.Fill(codes, -1);
                texts[column] = new(gathered, codes, false);
            }
            var sent = (Int64Column)(await segment.ReadAsync(RowLayout.SentTime, default))!;
            var maker = new RowKeyMaker(table, texts);
            keys.AddRange(rows.Select(row => (System.Text.Encoding.UTF8.GetString(texts[RowLayout.ItemId][row]), maker.Of(row, sent.Values[row]))));
        }
        return keys;
    }
}
