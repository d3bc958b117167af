using System.Globalization;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Persons;
using Cairn.Storage.Compaction;
using Cairn.Storage.Lake;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Xunit;

namespace Cairn.Behaviour.Query.Persons;

/// <summary>A person's events and profile changes under all their ids, by reading the few rows that may be theirs: the same as by reading everything.</summary>
public class Looking_up_one_persons_history
{
    static readonly int Worlds = FullRun.Count(10, 300);

    static readonly string[] Ids = ["ann", "bob", "cyn", "$device:d1", "$device:d2", "$device:d3", "d1", "nobody"];

    static readonly long FirstMs = new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public async Task Finds_what_reading_everything_finds(IdentityMode mode)
    {
        for (var seed = 1; seed <= Worlds; seed++)
        {
            var random = new Random(seed);
            var lake = new LakeWorld(mode: mode);
            var world = new HistoryWorld(lake, mode);
            var items = WithDecisions(new SentItems(seed).Make(random.Next(10, 120), FirstMs, days: 12), random);
            // Claims arrive before, between and after the rows that they are about; some files are written with links that are undone later.
            for (var at = 0; at < items.Count;)
            {
                var size = random.Next(1, 20);
                await world.ArriveAsync(random.Next(2), [.. items.Skip(at).Take(size)]);
                at += size;
                if (random.Next(3) == 0) await lake.CompactAsync();
                if (random.Next(8) == 0) await lake.CompactAllAsync();
                if (random.Next(6) == 0) lake.Clock.Advance(TimeSpan.FromHours(30));
            }
            var all = await world.AllAsync();
            foreach (var id in Ids) await AssertFoundAsync(world, lake, id, all, random, seed);
        }
        FullRun.Keep(this, $"{Worlds} projects for each identity system, of up to 120 items, partly compacted: the history of each of {Ids.Length} ids as by reading everything, in pages");
    }

    static async Task AssertFoundAsync(HistoryWorld world, LakeWorld lake, string id, ILookup<string, (HistoryPlace Place, string Line)> all, Random random, int seed)
    {
        var history = world.NewHistory(lake.NewReader());
        var (person, oldest, _, _) = await world.PageAsync(history, id, new(NewestFirst: false));
        var expected = all[person].Select(entry => entry.Line).ToList();
        Assert.True(expected.SequenceEqual(oldest), $"seed {seed}, {id} ({person}):\n{string.Join('\n', expected)}\n--- found\n{string.Join('\n', oldest)}");
        // Page by page, newest first.
        var (paged, limit, after) = (new List<string>(), random.Next(1, 9), (HistoryPlace?)null);
        while (true)
        {
            var (_, page, last, _) = await world.PageAsync(history, id, new(NewestFirst: true, After: after, Limit: limit));
            if (page.Count == 0) break;
            paged.AddRange(page);
            Assert.True(HistoryPlace.TryParse(last!.Value.ToString(), out var read) && read == last.Value);
            after = last;
        }
        expected.Reverse();
        Assert.True(expected.SequenceEqual(paged), $"seed {seed}, {id} ({person}) by {limit}:\n{string.Join('\n', expected)}\n--- paged\n{string.Join('\n', paged)}");
        var (_, skipped, _, _) = await world.PageAsync(history, id, new(NewestFirst: true, Skip: 2, Limit: 3));
        Assert.Equal(expected.Skip(2).Take(3), skipped);
    }

    /// <summary>Links are made and undone by hand among the items.</summary>
    static List<Item> WithDecisions(List<Item> items, Random random)
    {
        foreach (var at in Enumerable.Range(0, items.Count).Where(_ => random.Next(12) == 0).ToList())
        {
            string[] pair = [.. Ids.Take(6).OrderBy(_ => random.Next()).Take(2)];
            items[at] = items[at] with
            {
                Kind = ItemKind.LinkClaim, Dialect = Dialect.Mixpanel, LinkRule = random.Next(2) == 0 ? LinkRule.ByHand : LinkRule.Undone, DistinctId = Batches.Utf8(pair[0]), OtherId = Batches.Utf8(pair[1]),
                DeviceId = default, UserId = default, InsertId = default, Body = default, Name = default, Groups = default,
            };
        }
        return items;
    }

    [Fact]
    public async Task Reads_few_rows_of_many()
    {
        var lake = new LakeWorld(LakeWorld.Eager with { MaxAppendRows = 5_000, Files = LakeWriterOptions.Default with { MaxRowsPerRowGroup = 50 } });
        var world = new HistoryWorld(lake, IdentityMode.Simplified);
        var number = 0;
        var events = Enumerable.Range(0, 4_000).Select(i => Event($"u{i % 400}", ++number)).ToList();
        await world.ArriveAsync(0, events);
        await lake.CompactAllAsync();
        await world.ArriveAsync(0, [Event("u7", ++number), Event("u8", ++number)]);

        var (person, lines, _, rowsRead) = await world.PageAsync(world.NewHistory(lake.NewReader()), "u7", new(NewestFirst: true));
        Assert.Equal(("u7", 11), (person, lines.Count));
        // Ten rows stand in one row group or in two, of 50 rows each; the recent file has two.
        Assert.InRange(rowsRead, 12, 102);
    }

    [Fact]
    public async Task A_device_that_thousands_share_is_found_by_reading_everything()
    {
        var lake = new LakeWorld(LakeWorld.Eager with { MaxAppendRows = 5_000 });
        var world = new HistoryWorld(lake, IdentityMode.Simplified);
        var number = 0;
        var items = new List<Item>();
        for (var user = 0; user < 600; user++)
        {
            items.Add(Event($"u{user}", ++number));
            items.Add(Event($"u{user}", ++number) with { Kind = ItemKind.LinkClaim, LinkRule = LinkRule.MixpanelDeviceAndUser, OtherId = Batches.Utf8("$device:shop"), Name = default, InsertId = default });
        }
        items.Add(Event("$device:shop", ++number));
        await world.ArriveAsync(0, items);
        await lake.CompactAllAsync();
        var history = world.NewHistory(lake.NewReader());
        // The shop's device is the first user's.
        Assert.Equal(2, (await world.PageAsync(history, "$device:shop", new(NewestFirst: true))).Lines.Count);
        Assert.Equal("u0", (await world.PageAsync(history, "$device:shop", new(NewestFirst: true))).Person);
        Assert.Single((await world.PageAsync(history, "u555", new(NewestFirst: true))).Lines);
    }

    static Item Event(string distinctId, int number) => new()
    {
        Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Id = new(1, 1, number), Name = "view"u8.ToArray(), DistinctId = Batches.Utf8(distinctId), ReceivedAtMs = FirstMs + number, TimeMs = FirstMs + number, SentTimeMs = FirstMs + number,
        InsertId = Batches.Utf8(number.ToString(CultureInfo.InvariantCulture)), Body = "{}"u8.ToArray(),
    };
}
