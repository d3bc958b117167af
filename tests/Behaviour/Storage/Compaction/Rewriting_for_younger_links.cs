using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Rewriting_for_younger_links
{
    readonly LakeWorld world = new(LakeWorld.Eager with { MaxAppendRows = 1_000, Files = LakeWriterOptions.Default, Merges = MergeLimits.Default });
    int item;

    [Theory] // events of the device that turns out to be ann's, of 100; whether their file is written anew
    [InlineData(5, false)]
    [InlineData(6, true)]
    public async Task A_file_is_written_anew_once_more_than_five_percent_of_its_rows_have_another_person(int ofDevice, bool isRewritten)
    {
        await world.Stream.ArriveAsync(0, Enumerable.Range(0, 100).Select(number => Event(number < ofDevice ? "$device:d1" : "bob")), perMessage: 10);
        await world.CompactAllAsync();
        var before = await VersionAsync();
        await world.Stream.ArriveAsync(0, [Claim("ann", "$device:d1")], perMessage: 1);
        world.Clock.Advance(world.Limits.CountMovedEvery);
        await world.CompactAllAsync();
        var after = await VersionAsync();
        Assert.Equal(isRewritten, !before.Files.Keys.SequenceEqual(after.Files.Keys));
        var persons = await PersonsAsync(after);
        Assert.Equal((100, isRewritten ? ofDevice : 0), (persons.Count, persons.Count(person => person == "ann")));
    }

    [Fact]
    public async Task Without_a_new_claim_nothing_is_looked_at_again()
    {
        await world.Stream.ArriveAsync(0, Enumerable.Range(0, 100).Select(_ => Event("$device:d1")), perMessage: 10);
        await world.CompactAllAsync();
        world.Clock.Advance(world.Limits.CountMovedEvery);
        var read = 0;
        world.Store.Decide = (call, name) =>
        {
            if (call == BlobCall.Read && name.Contains("/month=", StringComparison.Ordinal) && name.Contains("/events/", StringComparison.Ordinal)) read++;
            return BlobFault.None;
        };
        await world.CompactAllAsync();
        Assert.Equal(0, read);
    }

    async Task<DeltaSnapshot> VersionAsync() => (await new DeltaTable(world.Blobs, LakeLayout.RootOf(LakeWorld.ProjectId, RowLayout.Events), world.Clock).ReadAsync(default))!;

    async Task<List<string>> PersonsAsync(DeltaSnapshot version)
    {
        var all = new List<string>();
        foreach (var file in new LakeFiles(world.Blobs, new ColumnCache(1 << 20)).OpenAll(version, LakeSchema.Of(RowLayout.Events, version.Schema)))
        {
            var persons = (await file.ReadTextAsync(LakeSchema.Person, default))!;
            for (var row = 0; row < file.RowCount; row++) all.Add(Batches.Text(persons.Utf8(row).ToArray()));
        }
        return all;
    }

    Item Event(string who) => Of(ItemKind.Event, who) with { Name = Batches.Utf8("view"), Body = Batches.Utf8("{}") };

    Item Claim(string user, string other) => Of(ItemKind.LinkClaim, user) with { OtherId = Batches.Utf8(other), LinkRule = LinkRule.MixpanelDeviceAndUser };

    Item Of(ItemKind kind, string who)
    {
        var now = world.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new() { Kind = kind, Dialect = Dialect.Mixpanel, Id = new(1, 1, ++item), ReceivedAtMs = now, TimeMs = now, SentTimeMs = now, DistinctId = Batches.Utf8(who) };
    }
}
