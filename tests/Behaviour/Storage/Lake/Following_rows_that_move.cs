using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>Who keeps what it read hears of a row once, however often it moves, and of its end, wherever it ended.</summary>
public class Following_rows_that_move
{
    readonly LakeWorld world = new();
    readonly FollowedRows followed = new();
    readonly List<(string Kind, int Count)> heard = [];

    [Fact]
    public async Task A_row_that_moves_is_no_news()
    {
        var file = await world.StoreAsync(ItemKind.ProfileUpdate, [Update(1, "ann"), Update(2, "bob"), Update(3, "ann")]);
        await FollowAsync();
        Assert.Equal([("added", 3)], heard);
        await world.MoveAsync(RowLayout.ProfileUpdates, 0, file.FirstSeq + 1);
        await FollowAsync();
        await world.MoveAsync(RowLayout.ProfileUpdates, 0, file.LastSeq);
        await FollowAsync();
        await world.MergeAsync(RowLayout.ProfileUpdates, _ => true);
        await FollowAsync();
        Assert.Single(heard);

        var more = await world.StoreAsync(ItemKind.ProfileUpdate, [Update(4, "eve")]);
        await world.MoveAsync(RowLayout.ProfileUpdates, 0, more.LastSeq);
        await world.MergeAsync(RowLayout.ProfileUpdates, _ => true);
        await FollowAsync();
        Assert.Equal([("added", 3), ("added", 1)], heard);
    }

    [Fact]
    public async Task A_row_that_was_dropped_on_its_way_counts_no_more()
    {
        var late = await world.StoreAsync(ItemKind.ProfileUpdate, [Update(1, "ann", insert: "a", received: 9)], partition: 1);
        await FollowAsync();
        // Its first copy comes by another partition, and both partitions move before anybody looks.
        var first = await world.StoreAsync(ItemKind.ProfileUpdate, [Update(2, "ann", insert: "a", received: 1)], partition: 0);
        await world.MoveAsync(RowLayout.ProfileUpdates, 0, first.LastSeq);
        await world.MoveAsync(RowLayout.ProfileUpdates, 1, late.LastSeq);
        await FollowAsync();
        Assert.Equal([("added", 1), ("added", 1), ("lost", 1)], heard);
    }

    [Fact]
    public async Task Profiles_and_persons_are_as_if_nothing_had_moved()
    {
        var random = new Random(7);
        var items = new RandomItems(7);
        var (profiles, persons) = (new ProfileDirectory(world.Snapshots), new PersonDirectory(world.Snapshots));
        for (var step = 0; step < 30; step++)
        {
            var kind = random.Next(2) == 0 ? ItemKind.ProfileUpdate : ItemKind.LinkClaim;
            var partition = random.Next(2);
            var file = await world.StoreAsync(kind, Enumerable.Range(0, 5).Select(i => kind == ItemKind.LinkClaim ? items.Next(kind, Batches.NowMs + i) : Update((step * 10) + i, $"u{random.Next(6)}", received: random.Next(1000))), partition);
            if (random.Next(2) == 0) await world.MoveAsync(LakeWorld.TableOf(kind), partition, file.LastSeq);
            if (random.Next(4) == 0 && (await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, LakeWorld.TableOf(kind), default)).Version is { Files.Count: > 0 }) await world.MergeAsync(LakeWorld.TableOf(kind), _ => true);
            if (random.Next(2) == 0) continue;
            Assert.Equal(await TellAsync(new ProfileDirectory(world.Snapshots), new PersonDirectory(world.Snapshots)), await TellAsync(profiles, persons));
            Assert.Equal(await TellAsync(new ProfileDirectory(world.Recent), new PersonDirectory(world.Recent)), await TellAsync(profiles, persons));
        }
    }

    static async Task<List<string>> TellAsync(ProfileDirectory profiles, PersonDirectory persons)
    {
        var map = await persons.ReadAsync(LakeWorld.ProjectId, IdentityMode.Simplified, default);
        var all = await profiles.ReadAsync(LakeWorld.ProjectId, map, default);
        return [.. all.Persons.Order(StringComparer.Ordinal).Select(person => $"{person}: {string.Join(' ', all.Current(person)!.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))}")];
    }

    Task FollowAsync() => followed.FollowAsync(world.Snapshots, LakeWorld.ProjectId, RowLayout.ProfileUpdates, (change, _) =>
    {
        if (change.Added.Count > 0) heard.Add(("added", change.Added.Count));
        if (change.Gone.Count > 0) heard.Add(("gone", change.Gone.Count));
        if (change.Lost.Count > 0) heard.Add(("lost", change.Lost.Count));
        return default;
    }, default);

    static Item Update(int number, string who, string insert = "", int received = 0) => new()
    {
        Kind = ItemKind.ProfileUpdate,
        Dialect = Dialect.Mixpanel,
        Id = new(1, 2, number),
        DistinctId = Batches.Utf8(who),
        InsertId = Batches.Utf8(insert),
        Body = Batches.Utf8(insert.Length > 0 ? """{"add":{"count":1}}""" : $$"""{"set":{"last":{{number}} },"add":{"count":1} }"""),
        TimeMs = Batches.NowMs,
        SentTimeMs = Batches.NowMs,
        ReceivedAtMs = Batches.NowMs + received,
    };
}
