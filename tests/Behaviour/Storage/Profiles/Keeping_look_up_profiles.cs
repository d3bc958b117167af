using System.Globalization;
using System.Text;
using Cairn.Behaviour.Support;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support.Identity;
using Cairn.Support.Profiles;
using Cairn.Support.Stores;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Storage.Profiles;

public class Keeping_look_up_profiles
{
    readonly RecentStory rows = new();
    readonly InMemoryTableStore tables = new();
    readonly InMemoryBlobStore blobs = new();
    readonly List<PlacedUpdate> updates = [];
    readonly List<LinkClaim> claims = [];

    [Fact]
    public async Task Finds_what_was_applied()
    {
        Update("ann", """{"set": {"plan": "free"}}""");
        Update("ann", """{"set": {"plan": "pro"}, "add": {"n": 1}}""");
        await Store().ApplyAsync(RecentStory.ProjectId, updates, CancellationToken.None);
        Assert.Equal("""{"n":1,"plan":"pro"}""", await FindAsync("ann"));
        Assert.Equal("none", await FindAsync("bob"));
    }

    [Fact]
    public async Task Counts_a_redelivered_batch_once_whatever_its_borders()
    {
        for (var n = 0; n < 10; n++) Update("ann", """{"add": {"n": 1}}""");
        var store = Store();
        foreach (var batch in new[] { updates[..4], updates[..7], updates[2..], updates }) await store.ApplyAsync(RecentStory.ProjectId, batch, CancellationToken.None);
        Assert.Equal("""{"n":10}""", await FindAsync("ann"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)] // the retry overtook its original: the first received stays, whichever comes first
    public async Task Counts_a_senders_retry_once(int first, int second)
    {
        Update("ann", """{"add": {"n": 1}}""");
        Update("ann", """{"add": {"n": 1}}""");
        var key = new DuplicateKey(7, 8);
        var copies = updates.ConvertAll(update => update with { Duplicate = key, Lane = $"s/{update.Seq}" });
        await Store().ApplyAsync(RecentStory.ProjectId, [copies[first]], CancellationToken.None);
        await Store().ApplyAsync(RecentStory.ProjectId, [copies[second]], CancellationToken.None);
        var found = await Store().FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "ann", CancellationToken.None);
        Assert.Equal("""{"n":1}""", UpdateStory.Text(found!.Profile));
        Assert.Equal(copies[0].Update.Order.ReceivedAtMs, found.Profile!.UpdatedAtMs);
    }

    [Fact]
    public async Task Forgets_Amplitudes_insert_ids_after_seven_days()
    {
        Update("ann", """{"add": {"n": 1}}""");
        var key = new DuplicateKey(7, 9); // an odd number says that it holds for a week
        var late = updates[0].Update with { Order = new(updates[0].Update.Order.ReceivedAtMs + (long)TimeSpan.FromDays(7).TotalMilliseconds + 1, new(5, 5, 5)) };
        await Store().ApplyAsync(RecentStory.ProjectId, [updates[0] with { Duplicate = key }, new("ann", late, "s/1", 99, 0, key)], CancellationToken.None);
        Assert.Equal("""{"n":2}""", await FindAsync("ann"));
    }

    [Fact]
    public async Task Puts_a_late_update_in_its_place_even_past_what_is_folded()
    {
        Update("ann", """{"set": {"plan": "first"}}""");
        for (var n = 0; n < 200; n++) Update("ann", Text($$$"""{"set": {"plan": "p{{{n}}}"}, "union": {"seen": {{{n}}}}}"""));
        var store = Store();
        await store.ApplyAsync(RecentStory.ProjectId, updates[5..], CancellationToken.None);
        await store.ApplyAsync(RecentStory.ProjectId, updates[..5].ConvertAll(update => update with { Lane = "s/2" }), CancellationToken.None);
        Assert.Equal("p199", (await store.FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "ann", CancellationToken.None))!.Profile!["plan"]!.Text);
        Assert.Equal($"[{string.Join(',', Enumerable.Range(0, 200))}]", (await store.FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "ann", CancellationToken.None))!.Profile!["seen"]!.Text);
    }

    [Fact]
    public async Task Keeps_values_in_pieces_and_large_profiles_in_a_blob()
    {
        foreach (var kilobytes in new[] { 1, 50, 100, 700, 1200, 3000, 10 })
        {
            Update("ann", $$$"""{"set": {"v": "{{{new string('x', kilobytes * 1024)}}}"}}""");
            await Store().ApplyAsync(RecentStory.ProjectId, [updates[^1]], CancellationToken.None);
            var found = await Store().FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "ann", CancellationToken.None);
            Assert.Equal(kilobytes * 1024, found!.Profile!["v"]!.Text.Length);
        }
        var left = 0;
        await foreach (var blob in blobs.ListAsync("lookup/", null, CancellationToken.None)) left += blob.Length > 0 ? 1 : 0;
        Assert.InRange(left, 0, 1);
    }

    [Theory]
    [InlineData("a/b\\c#d?e%f\u0000\t")]
    [InlineData("🙂 Ünïcode")]
    [InlineData("' or 1=1 --")]
    public async Task Takes_any_id(string id)
    {
        Update(id, """{"set": {"a": 1}}""");
        await Store().ApplyAsync(RecentStory.ProjectId, updates, CancellationToken.None);
        Assert.Equal("""{"a":1}""", await FindAsync(id));
    }

    [Fact]
    public async Task Takes_an_id_longer_than_a_row_may_be()
    {
        var id = new string('i', 700_000);
        Update(id, """{"set": {"a": 1}}""");
        await Store().ApplyAsync(RecentStory.ProjectId, updates, CancellationToken.None);
        Assert.Equal("""{"a":1}""", await FindAsync(id));
    }

    [Fact]
    public async Task Puts_a_person_together_from_the_rows_of_its_ids()
    {
        Update("$device:A", """{"set": {"source": "ad"}, "add": {"n": 1}}""");
        Claim(LinkRule.SegmentAnonymousAndUser, "ann", "$device:A");
        Update("ann", """{"set": {"plan": "pro"}, "add": {"n": 1}}""");
        await ApplyAllAsync();
        var found = await Store().FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "$device:A", CancellationToken.None);
        Assert.Equal("""{"n":2,"plan":"pro","source":"ad"}""", UpdateStory.Text(found!.Profile));
        Assert.Equal(["ann", "$device:A"], found.Person.Ids.Select(id => id.Id));
        Assert.Equal(0, rows.Opened); // no file was read for it
    }

    [Fact]
    public async Task Reads_the_files_for_a_shared_device()
    {
        Claim(LinkRule.AmplitudeDeviceAndUser, "ann", "$device:A");
        Update("$device:A", """{"add": {"n": 1}}""", Dialect.Amplitude);
        Claim(LinkRule.AmplitudeDeviceAndUser, "bob", "$device:A");
        Update("$device:A", """{"add": {"n": 10}}""", Dialect.Amplitude);
        await ApplyAllAsync();
        Assert.Equal("""{"n":1}""", await FindAsync("ann"));
        Assert.Equal("""{"n":10}""", await FindAsync("bob"));
    }

    [Fact]
    public async Task Finds_a_crowded_device_and_its_people()
    {
        for (var n = 0; n < 1200; n++) Claim(LinkRule.MixpanelDeviceAndUser, Text($"user-{n}"), "$device:zeros");
        Update("user-700", """{"set": {"a": 1}}""");
        await ApplyAllAsync();
        Assert.Equal("""{"a":1}""", await FindAsync("user-700"));
        var crowd = await Store().FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, "$device:zeros", CancellationToken.None);
        Assert.Equal("user-0", crowd!.Person.Person);
    }

    [Fact]
    public async Task Keeps_groups_apart_from_people()
    {
        var place = rows.GroupUpdate("company", "acme", """{"set": {"tier": 1}}""");
        var store = Store();
        await store.ApplyToGroupsAsync(RecentStory.ProjectId, [new(GroupKey.Of("company", "acme"), new(place, """{"set": {"tier": 1}}"""u8.ToArray()), "s/1", 1, 0)], CancellationToken.None);
        Assert.Equal("""{"tier":1}""", UpdateStory.Text(await store.FindGroupAsync(RecentStory.ProjectId, "company", "acme", CancellationToken.None)));
        Assert.Null(await store.FindGroupAsync(RecentStory.ProjectId, "company", "other", CancellationToken.None));
        Assert.Equal("none", await FindAsync("acme"));
    }

    [Fact]
    public void Is_exact_under_redelivery_faults_and_two_owners() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var story = new Keeping_look_up_profiles();
        var random = new System.Random(seed);
        for (var n = random.Next(1, 150); n > 0; n--)
            story.Update(random.Next(2) == 0 ? "ann" : "bob", random.Next(4) == 0 ? """{"set": {"n": 0}}""" : """{"add": {"n": 1}, "append": {"l": 1}}""");
        story.DeliverAsync(random).GetAwaiter().GetResult();
        foreach (var id in new[] { "ann", "bob" })
        {
            var oracle = new NaiveProfile();
            foreach (var update in story.updates.Where(update => update.Id == id)) oracle.Apply(Encoding.UTF8.GetString(update.Update.Operations.Span));
            var text = story.FindAsync(id).GetAwaiter().GetResult();
            Assert.Equal(oracle.ToString(), text == "none" ? "nobody" : text);
        }
    }).Hold(this, 60, 5_000);

    /// <summary>Brings the updates by two lanes, each in order, with batches that fail and come again; two workers at once.</summary>
    async Task DeliverAsync(System.Random random)
    {
        var faulty = new FaultyTableStore(tables);
        var gate = new Lock();
        int Next(int below)
        {
            lock (gate) return random.Next(below);
        }
        faulty.Decide = (_, writes) => Next(12) switch { 0 => BlobFault.FailBefore, 1 when writes => BlobFault.FailAfterSuccess, _ => BlobFault.None };
        var lanes = updates.ConvertAll(update => update with { Lane = Next(2) == 0 ? "s/1" : "s/2" }).GroupBy(update => update.Lane).ToList();
        await Task.WhenAll(lanes.SelectMany(lane => new[] { lane, lane }).Select(lane => Task.Run(async () =>
        {
            var store = Store(faulty);
            var all = lane.ToList();
            for (var done = 0; done < all.Count;)
            {
                var from = Math.Max(0, done - Next(5));
                var to = Math.Min(all.Count, done + 1 + Next(20));
                try
                {
                    await store.ApplyAsync(RecentStory.ProjectId, all[from..to], CancellationToken.None);
                    done = to;
                }
                catch (StorageUnavailableException)
                {
                    // The consumer brings the batch again.
                }
            }
        })));
    }

    void Update(string id, string body, Dialect dialect = Dialect.Mixpanel)
    {
        var place = rows.Update(dialect, body, distinct: id);
        updates.Add(new(id, new(place, Encoding.UTF8.GetBytes(body), dialect == Dialect.Amplitude), "s/1", place.Item.Index, 0));
    }

    void Claim(LinkRule rule, string id, string otherId) => claims.Add(new(rows.Claim(rule, id, otherId), rule, id, otherId));

    async Task ApplyAllAsync()
    {
        await new IdentityStore(tables, blobs).ApplyAsync(RecentStory.ProjectId, claims, CancellationToken.None);
        await Store().ApplyAsync(RecentStory.ProjectId, updates, CancellationToken.None);
    }

    async Task<string> FindAsync(string id) =>
        await Store().FindAsync(RecentStory.ProjectId, IdentityMode.Simplified, id, CancellationToken.None) is { } found ? UpdateStory.Text(found.Profile) : "none";

    ProfileStore Store(ITableStore? over = null) =>
        new(over ?? tables, blobs, new StoredUpdates(rows), new PersonLookup(new(over ?? tables, blobs), new PersonDirectory(rows)), new ProfileDirectory(rows));

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
