using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Identity;
using Cairn.Support.Stores;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Identity;

public class Keeping_look_up_claims
{
    readonly InMemoryTableStore tables = new();
    readonly InMemoryBlobStore blobs = new();

    [Fact]
    public async Task Gives_the_same_person_as_all_claims_together()
    {
        var seeds = FullRun.Count(3, 300);
        for (var seed = 5; seed < 5 + seeds; seed++) await new Keeping_look_up_claims().AgreeAsync(seed);
        FullRun.Keep(this, $"seeds 5 to {4 + seeds}: 300 claims each, by both identity systems; every person is the one that all claims give");
    }

    async Task AgreeAsync(int seed)
    {
        var random = new Random(seed);
        var claims = Enumerable.Range(0, 300).Select(n => new LinkClaim(
            new(random.Next(1000), new(1, 1, n)),
            (LinkRule)random.Next(1, 12),
            Text($"u{random.Next(60)}"),
            random.Next(2) == 0 ? Text($"$device:d{random.Next(60)}") : Text($"u{random.Next(60)}"))).ToList();
        foreach (var mode in Enum.GetValues<IdentityMode>())
        {
            var whole = new IdentityFold(mode);
            whole.Add(claims);
            var store = new IdentityStore(tables, blobs);
            foreach (var batch in claims.Chunk(7)) await store.ApplyAsync("p1", batch, CancellationToken.None);
            for (var n = 0; n < 60; n++)
            {
                var id = Text($"u{n}");
                if (await store.FoldAsync("p1", mode, id, CancellationToken.None) is not { } fold) continue;
                Assert.Equal((seed, whole.PersonOf(id)), (seed, fold.PersonOf(id)));
                Assert.Equal(whole.Find(id)?.Ids.Select(member => member.Id), fold.Find(id)?.Ids.Select(member => member.Id));
            }
        }
    }

    [Fact]
    public async Task Looks_at_no_row_for_a_claim_said_again()
    {
        var faulty = new FaultyTableStore(tables);
        var store = new IdentityStore(faulty, blobs);
        await store.ApplyAsync("p1", [new(new(1, new(1, 1, 1)), LinkRule.MixpanelDeviceAndUser, "ann", "$device:A")], CancellationToken.None);
        faulty.Decide = (_, _) => BlobFault.FailBefore;
        await store.ApplyAsync("p1", [new(new(2, new(1, 1, 2)), LinkRule.MixpanelDeviceAndUser, "ann", "$device:A")], CancellationToken.None);
    }

    [Fact]
    public async Task Keeps_projects_apart()
    {
        var store = new IdentityStore(tables, blobs);
        await store.ApplyAsync("p1", [new(new(1, new(1, 1, 1)), LinkRule.MixpanelDeviceAndUser, "ann", "$device:A")], CancellationToken.None);
        Assert.Null((await store.FoldAsync("p2", IdentityMode.Simplified, "$device:A", CancellationToken.None))!.Find("$device:A"));
        Assert.Equal("ann", (await store.FoldAsync("p1", IdentityMode.Simplified, "$device:A", CancellationToken.None))!.PersonOf("$device:A"));
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
