using Cairn.Model;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

public class Counting_each_row_once
{
    const long Day = 86_400_000;

    readonly LakeWorld world = new(options: new() { MaxRowsPerRowGroup = 16 });
    int lastNumber = 1000;

    [Fact]
    public async Task Rows_that_moved_stand_in_the_lake_alone()
    {
        var first = await StoreAsync(0, "mixpanel insert=a", "mixpanel insert=b", "mixpanel");
        var second = await StoreAsync(0, "mixpanel insert=c");
        Assert.Equal(4, await CountAsync());
        await world.MoveAsync(RowLayout.Events, 0, first.LastSeq);
        Assert.Equal(4, await CountAsync());
        await world.MoveAsync(RowLayout.Events, 0, second.LastSeq);
        Assert.Equal(4, await CountAsync());
        Assert.Empty((await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Recent);
    }

    [Fact]
    public async Task A_move_may_end_in_the_middle_of_a_file()
    {
        var file = await StoreAsync(0, "mixpanel insert=a", "mixpanel insert=b", "mixpanel insert=c", "mixpanel insert=d");
        await world.MoveAsync(RowLayout.Events, 0, file.FirstSeq + 1);
        Assert.Equal(4, await CountAsync());
        var view = await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default);
        Assert.Equal((2, 2), (view.Recent.Sum(part => part.Rows.Live.Count), view.Version!.Files.Sum(part => part.Rows.Live.Count)));
    }

    [Theory]
    [InlineData("mixpanel insert=a", "mixpanel insert=a received=5", 1)]
    [InlineData("mixpanel insert=a", "mixpanel insert=a days=90", 1)] // weeks later
    [InlineData("mixpanel insert=a", "mixpanel insert=a time=999", 1)] // another corrected time
    [InlineData("mixpanel insert=a received=9", "mixpanel insert=a received=1", 1)] // the copy in the lake was received later: one of the two still counts
    [InlineData("mixpanel insert=a", "mixpanel insert=a sent=1", 2)]
    [InlineData("mixpanel insert=a", "mixpanel insert=a who=bob", 2)]
    [InlineData("mixpanel insert=a", "segment insert=a", 2)]
    [InlineData("mixpanel item=7", "mixpanel item=7", 1)] // our own resend
    [InlineData("mixpanel item=7", "mixpanel item=8", 2)]
    [InlineData("amplitude device=d insert=a", "amplitude device=d insert=a days=6", 1)]
    [InlineData("amplitude device=d insert=a", "amplitude device=d insert=a days=7", 2)]
    [InlineData("amplitude device=d insert=a days=6", "amplitude device=d insert=a", 1)]
    [InlineData("amplitude device=d insert=a days=7", "amplitude device=d insert=a", 2)]
    [InlineData("amplitude device=d insert=a", "amplitude device=e insert=a", 2)]
    public async Task A_copy_of_what_the_lake_has_counts_by_its_dialects_rule(string first, string second, int count)
    {
        await world.MoveAsync(RowLayout.Events, 0, (await StoreAsync(0, first)).LastSeq);
        await StoreAsync(1, second);
        Assert.Equal(count, await CountAsync());
        await world.MergeAsync(RowLayout.Events, _ => true);
        Assert.Equal(count, await CountAsync());
    }

    [Fact]
    public async Task A_link_made_in_between_changes_nothing()
    {
        var file = await StoreAsync(0, "mixpanel insert=a device=d who=ann");
        await world.MoveAsync(RowLayout.Events, 0, file.LastSeq);
        world.Persons = Persons("ann", "zoe");
        await StoreAsync(1, "mixpanel insert=a device=d who=ann", "mixpanel insert=b device=d who=ann");
        await world.MergeAsync(RowLayout.Events, _ => true);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_copy_that_passed_by_unseen_is_found()
    {
        await StoreAsync(1, "mixpanel insert=a received=9");
        Assert.Equal(1, await CountAsync());
        // Another process stores and moves the first copy while this reader looks away.
        var other = new LakeWorld(world.Blobs);
        var file = await world.StoreAsync(ItemKind.Event, [Item("mixpanel insert=a received=1")], 0);
        await other.MoveAsync(RowLayout.Events, 0, file.LastSeq);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Of_several_recent_copies_none_counts_once_the_lake_has_one()
    {
        await StoreAsync(0, "mixpanel insert=a received=9");
        await StoreAsync(2, "mixpanel insert=a received=5");
        Assert.Equal(1, await CountAsync());
        // The copy in the lake is news of both: of the one that stood back already, and of the one that counted.
        var file = await world.StoreAsync(ItemKind.Event, [Item("mixpanel insert=a received=1")], 1);
        await new LakeWorld(world.Blobs).MoveAsync(RowLayout.Events, 1, file.LastSeq);
        Assert.Equal(1, await CountAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_moves_and_merges_in_between_the_same_rows_count_as_if_nothing_did(int seed)
    {
        var random = new Random(seed);
        var plain = new LakeWorld();
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(6))
            {
                case < 3:
                    var items = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Item(RandomText(random))).ToList();
                    var partition = random.Next(3);
                    await world.StoreAsync(ItemKind.Event, items, partition);
                    await plain.StoreAsync(ItemKind.Event, items, partition);
                    break;
                case 3:
                    var view = await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default);
                    if (view.Recent.Count == 0) break;
                    var name = view.Recent[random.Next(view.Recent.Count)].Name;
                    var from = Math.Max(name.FirstSeq, (view.Version?.PlaceOf(name.StreamId, name.Partition) ?? 0) + 1);
                    await world.MoveAsync(RowLayout.Events, name.Partition, random.NextInt64(from, name.LastSeq + 1), random.Next(2) == 0 ? LakeSplit.ByDate : LakeSplit.ByMonth);
                    break;
                case 4:
                    if ((await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Version is not { Files: [var one, ..] }) break;
                    await world.MergeAsync(RowLayout.Events, file => ReferenceEquals(file, one) || random.Next(2) == 0);
                    break;
                default:
                    Assert.Equal(await CountAsync(), (await world.NewReader().OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).RowCount);
                    break;
            }
            // For-good keys: whichever copy stays, as many count.
            var expected = (await plain.Recent.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).RowCount;
            Assert.True(expected == await CountAsync(), $"seed {seed}, step {step}: {expected} and {await CountAsync()}");
        }
    }

    async Task<long> CountAsync() => (await world.Snapshots.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).RowCount;

    Task<Cairn.Storage.Recent.RecentFileName> StoreAsync(int partition, params string[] items) => world.StoreAsync(ItemKind.Event, items.Select(Item), partition);

    static string RandomText(Random random) => random.Next(3) switch
    {
        0 => $"mixpanel insert=i{random.Next(60)} sent={random.Next(2)} received={random.Next(1000)} days={random.Next(60)}",
        1 => $"mixpanel item={random.Next(300)} received={random.Next(2)}",
        _ => $"segment insert=s{random.Next(40)} who=u{random.Next(3)} received={random.Next(1000)}",
    };

    static Cairn.Model.Identity.PersonMap Persons(string id, string person)
    {
        var fold = new Cairn.Model.Identity.IdentityFold(Cairn.Model.Identity.IdentityMode.Original);
        fold.Add([new(new(1, new(1, 1, 1)), Cairn.Model.Identity.LinkRule.ByHand, id, person)]);
        return fold.Map;
    }

    Item Item(string text)
    {
        var words = text.Split(' ');
        var fields = words.Skip(1).Select(word => word.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
        int Number(string name, int otherwise = 0) => fields.TryGetValue(name, out var value) ? int.Parse(value) : otherwise;
        var sent = Batches.NowMs - Number("sent");
        // One item is received once, however often it is sent again.
        var received = fields.ContainsKey("item") ? Number("item") : Number("received");
        return new()
        {
            Kind = ItemKind.Event,
            Dialect = Enum.Parse<Dialect>(words[0], ignoreCase: true),
            Id = new(1, 2, Number("item", ++lastNumber)),
            Name = Batches.Utf8("e"),
            DistinctId = Batches.Utf8(fields.GetValueOrDefault("who", "ann")),
            DeviceId = Batches.Utf8(fields.GetValueOrDefault("device", "")),
            InsertId = Batches.Utf8(fields.GetValueOrDefault("insert", "")),
            Body = Batches.Utf8("{}"),
            SentTimeMs = sent,
            TimeMs = sent - Number("time"),
            ReceivedAtMs = Batches.NowMs + received + (Number("days") * Day),
        };
    }
}
