using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Support.Ingestion;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Streaming;

public class Choosing_a_partition
{
    [Theory] // XXH3, 64 bits, seed 0: computed with the reference implementation's algorithm; the numbers are for ever.
    [InlineData("", 0x2d06800538d394c2)]
    [InlineData("a", 0xe6c632b61e964e1f)]
    [InlineData("abc", 0x78af5f94892f3950)]
    public void The_hash_of_an_id_never_changes(string id, ulong hash) => Assert.Equal(hash, PartitionOf.Hash(Batches.Utf8(id)));

    [Theory]
    [InlineData("ann", "d1", "$device:d1", "")] // the device decides, however it is written
    [InlineData("ann", "d1", "bob", "d1")]
    [InlineData("ann", "", "ann", "")]
    public void A_device_goes_where_it_always_goes(string who, string device, string otherWho, string otherDevice) =>
        Assert.Equal(PartitionOf.Hash(Item(who, device)), PartitionOf.Hash(Item(otherWho, otherDevice)));

    [Fact]
    public void Claims_of_a_device_go_where_its_events_go() => Assert.Equal(
        PartitionOf.Hash(Item("ann", "d1")),
        PartitionOf.Hash(new Item { Kind = ItemKind.LinkClaim, DistinctId = Batches.Utf8("bob"), OtherId = Batches.Utf8("$device:d1") }));

    [Fact]
    public void Ids_spread_evenly()
    {
        var counts = new int[8];
        for (var i = 0; i < 80_000; i++) counts[PartitionOf.Among(PartitionOf.Hash(Item($"user-{i}", "")), 8)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    static Item Item(string who, string device) => new() { DistinctId = Batches.Utf8(who), DeviceId = Batches.Utf8(device) };
}
