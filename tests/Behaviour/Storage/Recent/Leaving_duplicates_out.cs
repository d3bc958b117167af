using Cairn.Model;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Recent;

public class Leaving_duplicates_out
{
    const long Day = 24 * 3_600_000;

    readonly InMemoryBlobStore blobs = new();
    readonly RecentReader reader;
    int files;

    public Leaving_duplicates_out() => reader = new(blobs, new ColumnCache(1 << 20));

    [Theory] // two events, and whether the second is a duplicate of the first
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1", true)]
    [InlineData("segment insert=i1", "segment insert=i1", true)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i2", false)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 name=other", false)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 sent=1", false)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 time=1", true)] // the clock was corrected in another way
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 who=bob", false)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 device=d1", false)] // the ids as sent
    [InlineData("mixpanel insert=i1", "segment insert=i1", false)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 body={\"a\":1}", true)]
    [InlineData("mixpanel insert=i1", "mixpanel insert=i1 days=400", true)]
    [InlineData("mixpanel", "mixpanel", false)] // without an insert id nothing is a duplicate
    [InlineData("mixpanel item=5", "mixpanel item=5", true)] // but what we sent twice ourselves
    [InlineData("amplitude device=d1 insert=i1", "amplitude device=d1 insert=i1", true)]
    [InlineData("amplitude device=d1 insert=i1", "amplitude device=d1 insert=i1 name=other who=bob time=1 sent=1", true)]
    [InlineData("amplitude device=d1 insert=i1", "amplitude device=d2 insert=i1", false)]
    [InlineData("amplitude device=d1 insert=i1", "amplitude device=d1 insert=i1 days=6", true)]
    [InlineData("amplitude device=d1 insert=i1", "amplitude device=d1 insert=i1 days=7", false)]
    [InlineData("amplitude who=ann insert=i1", "amplitude who=bob insert=i1", false)] // no device: the id
    public async Task A_duplicate_is_what_the_dialect_calls_one(string first, string second, bool isDuplicate)
    {
        await StoreAsync([first, second]);
        Assert.Equal(isDuplicate ? "+-" : "++", await LiveAsync());
    }

    [Theory] // files as they come; + is a row that counts
    [InlineData("A0 / A1", "+ -")]
    [InlineData("A0 A1 / A2", "+- -")]
    [InlineData("A5 / A1", "- +")] // the spool brings what was received first later
    [InlineData("A5 B1 / A1 B5 / A0", "-+ -- +")]
    [InlineData("A1 / B1 / A2 / B2 / C1", "+ + - - +")]
    public async Task The_first_received_stays_whichever_file_it_is_in(string journey, string live)
    {
        foreach (var file in journey.Split(" / "))
        {
            await StoreAsync(file.Split(' ').Select(row => $"mixpanel insert={row[0]} received={row[1]}"));
            await reader.OpenAsync("p1", RowLayout.Events, default);
        }
        Assert.Equal(live, await LiveAsync());
        Assert.Equal(live, await LiveAsync(new(blobs, new ColumnCache(1 << 20))));
    }

    [Theory] // days of receipt of one Amplitude event sent again and again
    [InlineData("0 5 9", "+-+")] // what was dropped keeps nothing out: day 9 is past 7 days from day 0
    [InlineData("0 6 6 13", "+--+")]
    [InlineData("0 7 10 14", "++-+")]
    [InlineData("9 5 0", "+-+")]
    public async Task Amplitudes_window_is_open_from_what_was_accepted(string days, string live)
    {
        await StoreAsync(days.Split(' ').Select(day => $"amplitude device=d1 insert=i1 days={day}"));
        Assert.Equal(live, await LiveAsync());
    }

    [Fact]
    public async Task A_row_taken_by_its_place_is_no_duplicate_of_itself()
    {
        await StoreAsync(["mixpanel insert=i1", "mixpanel insert=i2"], seq: 0);
        await StoreAsync(["mixpanel insert=i1", "mixpanel insert=i2", "mixpanel insert=i3"], seq: 0);
        Assert.Equal(3, (await reader.OpenAsync("p1", RowLayout.Events, default)).RowCount);
    }

    [Fact]
    public async Task An_earlier_snapshot_stays_as_it_was()
    {
        await StoreAsync(["mixpanel insert=i1 received=5"]);
        var before = await reader.OpenAsync("p1", RowLayout.Events, default);
        await StoreAsync(["mixpanel insert=i1 received=1"]);
        var after = await reader.OpenAsync("p1", RowLayout.Events, default);
        Assert.Equal((1, 0), (before.Files[0].Live.Count, after.Files[0].Live.Count));
    }

    [Fact]
    public async Task Any_delivery_leaves_what_the_plain_rule_leaves()
    {
        var seeds = FullRun.Count(3, 500);
        for (var seed = 1; seed <= seeds; seed++) await new Leaving_duplicates_out().AgreeAsync(seed);
        FullRun.Keep(this, $"seeds 1 to {seeds}: 30 files of up to 39 rows each, in any order of receipt; what lives is what the plain rule leaves");
    }

    async Task AgreeAsync(int seed)
    {
        var random = new Random(seed);
        var rows = new List<(Item Item, int File, int Row)>();
        for (var file = 0; file < 30; file++)
        {
            var stored = new List<string>();
            for (var row = random.Next(1, 40); row > 0; row--)
                stored.Add(random.Next(3) switch
                {
                    0 => $"mixpanel insert=i{random.Next(60)} sent={random.Next(2)} received={random.Next(1000)}",
                    1 => $"amplitude device=d{random.Next(3)} insert=i{random.Next(20)} days={random.Next(30)}",
                    _ => $"mixpanel item={random.Next(300)} received={random.Next(1000)}",
                });
            rows.AddRange((await StoreAsync(stored)).Select((item, row) => (item, file, row)));
            if (random.Next(3) == 0) await reader.OpenAsync("p1", RowLayout.Events, default);
        }
        var expected = new HashSet<(int, int)>();
        foreach (var copies in rows.GroupBy(row => Key(row.Item)))
        {
            var lastKept = long.MinValue / 2;
            foreach (var (item, file, row) in copies.OrderBy(row => row.Item.ReceivedAtMs).ThenBy(row => row.File).ThenBy(row => row.Row))
            {
                if (lastKept > long.MinValue / 2 && (item.Dialect != Dialect.Amplitude || item.ReceivedAtMs - lastKept < 7 * Day)) continue;
                lastKept = item.ReceivedAtMs;
                expected.Add((file, row));
            }
        }
        var snapshot = await reader.OpenAsync("p1", RowLayout.Events, default);
        var live = snapshot.Files.SelectMany((file, number) => Enumerable.Range(0, file.RowCount).Where(row => file.Live[row]).Select(row => (number, row)));
        Assert.True(expected.Order().SequenceEqual(live.Order()), $"seed {seed}");
    }

    [Theory]
    [InlineData(1, 1_000, 50)]
    [InlineData(2, 900_000, 300)] // several times from the young to the packed ones
    [InlineData(3, 600_000, 100_000)] // numbers of files of many bits
    public void The_index_denies_nothing_that_is_there_and_affirms_little_else(int seed, int keyCount, int fileCount)
    {
        var random = new Random(seed);
        var index = new DuplicateIndex();
        var added = new Dictionary<long, List<int>>();
        var keys = new List<long>();
        var likely = new List<int>();
        var wrong = 0;
        for (var i = 0; i < keyCount; i++)
        {
            // One in twenty was there before; three keys come again and again, more often than a block of packed ones holds.
            var high = random.Next(20) > 0 || keys.Count == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(50) == 0 ? random.Next(3) * 0x1234_5678_9ABC_DEF0 : keys[random.Next(keys.Count)];
            if (!added.TryGetValue(high, out var before))
            {
                added.Add(high, before = []);
                keys.Add(high);
            }
            likely.Clear();
            Assert.Equal(index.Add(high, i % fileCount, likely), likely.Count > 0);
            foreach (var file in before) Assert.True(likely.Remove(file), $"key {high}, copy {before.Count}, number {i}: file {file} is missing");
            wrong += likely.Count;
            before.Add(i % fileCount);
        }
        Assert.InRange(wrong, 0, keyCount / 10_000);
        Assert.Equal(keyCount, index.Count);
    }

    [Fact]
    public void The_index_takes_little_memory_for_each_of_many_rows()
    {
        var random = new Random(4);
        var index = new DuplicateIndex();
        var likely = new List<int>();
        for (var i = 0; i < 2_000_000; i++) index.Add(random.NextInt64(long.MinValue, long.MaxValue), i / 20_000, likely);
        Assert.InRange(index.MemoryBytes / 2_000_000.0, 3, 6.5);
        Assert.InRange(likely.Count, 0, 20);
    }

    async Task<string> LiveAsync(RecentReader? with = null)
    {
        var snapshot = await (with ?? reader).OpenAsync("p1", RowLayout.Events, default);
        return string.Join(' ', snapshot.Files.Select(file => string.Concat(Enumerable.Range(0, file.RowCount).Select(row => file.Live[row] ? '+' : '-'))));
    }

    async Task<List<Item>> StoreAsync(IEnumerable<string> events, int? seq = null)
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        var items = events.Select((text, row) => Item(text, (files * 1000) + row + 1_000_000)).ToList();
        var at = seq ?? files;
        // A message each where a place is given, else all in the file's one message.
        for (var row = 0; row < items.Count; row++) rows.Add(items[row], seq is null ? at : at + row, seq is null ? row : 0);
        await RecentWriter.WriteAsync(blobs, new("p1", RowLayout.Events, "hub", 0, at, seq is null ? at : at + items.Count - 1), rows, default);
        files++;
        return items;
    }

    static string Key(Item item) => item.InsertId.IsEmpty ? $"item {item.Id}"
        : item.Dialect == Dialect.Amplitude ? $"amplitude {Batches.Text(item.DeviceId)} {Batches.Text(item.InsertId)}"
        : $"{item.Dialect} {item.SentTimeMs} {Batches.Text(item.InsertId)}";

    static Item Item(string text, int number)
    {
        var words = text.Split(' ');
        var fields = words.Skip(1).Select(word => word.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        var sent = Batches.NowMs - (fields.TryGetValue("sent", out var earlier) ? int.Parse(earlier) : 0);
        return new()
        {
            Kind = ItemKind.Event,
            Dialect = Enum.Parse<Dialect>(words[0], ignoreCase: true),
            Id = new(1, 2, fields.TryGetValue("item", out var index) ? int.Parse(index) : number),
            Name = Batches.Utf8(fields.GetValueOrDefault("name", "e")),
            DistinctId = Batches.Utf8(fields.GetValueOrDefault("who", "ann")),
            DeviceId = Batches.Utf8(fields.GetValueOrDefault("device", "")),
            InsertId = Batches.Utf8(fields.GetValueOrDefault("insert", "")),
            Body = Batches.Utf8(fields.GetValueOrDefault("body", "{}")),
            SentTimeMs = sent,
            TimeMs = sent - (fields.TryGetValue("time", out var corrected) ? int.Parse(corrected) : 0),
            ReceivedAtMs = Batches.NowMs + (fields.TryGetValue("received", out var at) ? int.Parse(at) : 0) + (fields.TryGetValue("days", out var days) ? int.Parse(days) * Day : 0),
        };
    }
}
