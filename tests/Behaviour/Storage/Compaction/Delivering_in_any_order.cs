using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Stores;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>The same received items, however they come: the same rows, persons and profile values as if each had come once, in order.</summary>
public class Delivering_in_any_order
{
    static readonly int Runs = FullRun.Count(25, 500);

    /// <summary>A minute less than a week.</summary>
    const int MaxLateMinutes = (7 * 24 * 60) - 1;

    [Theory]
    [InlineData(IdentityMode.Simplified)]
    [InlineData(IdentityMode.Original)]
    public void Ends_in_what_the_clean_sequence_ends_in(IdentityMode mode)
    {
        Prop.ForAll(Deliveries().ToArbitrary(), delivery =>
        {
            var clean = CleanAsync(delivery.Items, mode).GetAwaiter().GetResult();
            Assert.Equal(clean, DeliverAsync(delivery, mode).GetAwaiter().GetResult());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));
        FullRun.Keep(this, $"{Runs} deliveries for each identity system, of up to 120 items of all kinds and dialects: the rows, persons and profile values of the clean sequence");
    }

    /// <summary>Every item once, by receipt, in one partition, never compacted.</summary>
    static async Task<string> CleanAsync(IEnumerable<Item> items, IdentityMode mode)
    {
        var blobs = new InMemoryBlobStore();
        await new StoredStream(blobs, LakeWorld.ProjectId, 1).ArriveAsync(0, items, perMessage: 3);
        return await LakeWorld.SeenAsync(new RecentReader(blobs, new ColumnCache(1 << 22)), mode);
    }

    static async Task<string> DeliverAsync(Delivery delivery, IdentityMode mode)
    {
        var world = new LakeWorld(mode: mode);
        var arrived = 0;
        foreach (var step in delivery.Steps)
        {
            switch (step.What)
            {
                case What.Arrive:
                    await world.Stream.ArriveAsync(step.Partition, delivery.Arriving.Skip(arrived).Take(step.Size), perMessage: 1 + (step.Size % 3));
                    arrived += step.Size;
                    break;
                case What.Redeliver when world.Stream.Count(step.Partition) is > 0 and var count:
                    await world.Stream.StoreAsync(step.Partition, Math.Max(0, count - step.Size), count - 1);
                    break;
                case What.Compact:
                    await world.CompactAsync();
                    break;
                case What.CompactAll:
                    await world.CompactAllAsync();
                    break;
                case What.Read:
                    await LakeWorld.SeenAsync(world.NewReader(), mode);
                    break;
                case What.Wait:
                    world.Clock.Advance(TimeSpan.FromHours(step.Size));
                    break;
            }
        }
        await world.Stream.ArriveAsync(0, delivery.Arriving.Skip(arrived), perMessage: 2);
        await world.CompactAllAsync();
        return await LakeWorld.SeenAsync(world.NewReader(), mode);
    }

    enum What
    {
        Arrive,
        Redeliver,
        Compact,
        CompactAll,
        Read,
        Wait,
    }

    readonly record struct Step(What What, int Partition, int Size);

    /// <summary>Items by receipt, and one way they may come: in any order, some twice, in batches of any size, with all kinds of work in between.</summary>
    sealed record Delivery(int Seed, Item[] Items, Item[] Arriving, Step[] Steps)
    {
        public override string ToString() => $"items of seed {Seed}, {Items.Length}, arriving {string.Join(' ', Arriving.Select(item => Array.FindIndex(Items, one => one.Id == item.Id)))}: {string.Join("; ", Steps.Select(step => $"{step.What} {step.Partition} {step.Size}"))}";
    }

    /// <remarks>
    /// An item takes up to a week from its receipt to the stream (the spool waits for that long), so all that are a week apart come in their order: what
    /// Amplitude's window of a week needs to be exact.
    /// </remarks>
    static Gen<Delivery> Deliveries() =>
        from seed in Gen.Choose(1, int.MaxValue)
        from count in Gen.Choose(1, 120)
        let items = new SentItems(seed).Make(count, new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), days: 12).ToArray()
        from again in Gen.SubListOf(items)
        from late in Gen.ListOf(Gen.Choose(0, MaxLateMinutes), items.Length + again.Count)
        from steps in Gen.ListOf(Steps(), 30)
        select new Delivery(seed, items, [.. items.Concat(again).Zip(late).OrderBy(item => item.First.ReceivedAtMs + (item.Second * 60_000L)).Select(item => item.First)], [.. steps]);

    static Gen<Step> Steps() =>
        from what in Gen.Elements(What.Arrive, What.Arrive, What.Arrive, What.Redeliver, What.Compact, What.Compact, What.CompactAll, What.Read, What.Wait)
        from partition in Gen.Choose(0, 1)
        from size in Gen.Choose(1, 12)
        select new Step(what, partition, size);
}
