using System.Text;
using Cairn.Behaviour.Storage.Compaction;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Erasure;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Projects.Privacy;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cairn.Behaviour.Projects.Privacy;

/// <summary>The job is killed at any call of the store, again and again: another process goes on, and what is left is what readers were shown from the request on.</summary>
public sealed class Killed_while_erasing
{
    static readonly long FromMs = new DateTimeOffset(2026, 3, 15, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    static readonly int Kills = FullRun.Count(20, 200);

    [Fact]
    public async Task It_goes_on_and_ends_clean()
    {
        var cut = 0;
        for (var seed = 1; seed <= Kills; seed++)
        {
            var random = new Random(seed);
            var world = new LakeWorld();
            var tables = new InMemoryTableStore();
            var items = new SentItems(seed, idCount: 8).Make(120, FromMs, days: 4);
            await world.Stream.ArriveAsync(0, items.Take(80), perMessage: 2);
            await world.CompactAllAsync();
            await world.Stream.ArriveAsync(1, items.Skip(80), perMessage: 2);
            await ApplyClaimsAsync(world, tables, items);

            var before = await SeenAsync(new LakeSnapshots(world.Blobs, new ColumnCache(1 << 22), new LakeTables(world.Blobs, world.Clock)));
            var made = await new Host(world, tables).Requests.CreateAsync(LakeWorld.ProjectId, IdentityMode.Simplified, ["ann"], "test", "cairn", default);
            var shown = await SeenAsync(new RowsWithoutErased(world.NewReader(), new ErasureStore(world.Blobs, world.Clock)));
            Assert.NotEqual(before, shown);

            for (var life = 0; life < 3; life++)
            {
                var (call, left, isAfter) = (0, random.Next(1, 200), random.Next(2) == 0);
                world.Store.Decide = (_, _) => ++call < left ? BlobFault.None : call == left && isAfter ? BlobFault.FailAfterSuccess : BlobFault.FailBefore;
                await new Host(world, tables).RunAsync();
                if (call >= left) cut++;
                world.Clock.Advance(TimeSpan.FromMinutes(2));
            }
            world.Store.Decide = (_, _) => BlobFault.None;
            for (var run = 0; run < 5; run++)
            {
                await new Host(world, tables).RunAsync();
                world.Clock.Advance(TimeSpan.FromMinutes(2));
            }

            var done = (await new Host(world, tables).Requests.FindAsync(LakeWorld.ProjectId, made.Id, default))!;
            Assert.True(done.State == ErasureState.Done, $"seed {seed}: {done.State}");
            Assert.True(ReceiptSigner.IsGenuine(done.Receipt!));
            Assert.Contains("\"left\":0", done.Receipt!.Text, StringComparison.Ordinal);
            Assert.True(shown == await SeenAsync(world.NewReader()), $"seed {seed}");
            await world.CompactAllAsync();
            Assert.True(shown == await SeenAsync(world.NewReader()), $"seed {seed}, compacted");
        }
        Assert.True(cut > Kills, $"only {cut} lives were cut short");
        FullRun.Keep(this, $"seeds 1 to {Kills}, three lives each, cut at a random call of the store before or after its effect ({cut} were): each ended with a clean scan, and with the rows that readers were shown from the request on");
    }

    static async Task ApplyClaimsAsync(LakeWorld world, InMemoryTableStore tables, List<Item> items) => await new IdentityStore(tables, world.Blobs).ApplyAsync(
        LakeWorld.ProjectId,
        items.Where(item => item.Kind == ItemKind.LinkClaim).Select(item => new LinkClaim(new(item.ReceivedAtMs, item.Id), item.LinkRule, Encoding.UTF8.GetString(item.DistinctId.Span), Encoding.UTF8.GetString(item.OtherId.Span))),
        default);

    /// <summary>All rows in the order of their text, for they lie in other files by and by.</summary>
    static async Task<string> SeenAsync(IRowSnapshots rows) =>
        string.Join('\n', (await LakeWorld.SeenAsync(rows, IdentityMode.Simplified)).Split('\n').Order(StringComparer.Ordinal));

    /// <summary>A process that erases: it knows nothing that is not in the stores.</summary>
    sealed class Host
    {
        readonly ErasureJob job;

        public Host(LakeWorld world, InMemoryTableStore tables)
        {
            var lake = new LakeTables(world.Store, world.Clock);
            var all = new LakeSnapshots(world.Store, new ColumnCache(1 << 22), lake);
            var erased = new ErasureStore(world.Store, world.Clock);
            var rows = new RowsWithoutErased(all, erased);
            var identities = new IdentityStore(tables, world.Store, erased);
            var persons = new PersonLookup(identities, new PersonDirectory(rows));
            var profiles = new ProfileStore(tables, world.Store, new StoredUpdates(rows), persons, new ProfileDirectory(rows));
            var options = new PrivacyOptions(TimeSpan.Zero, TimeSpan.Zero);
            Requests = new(world.Store, erased, persons, profiles, identities, options, world.Clock);
            job = new(
                Requests, erased, new(tables), new(tables, new KeyChanges(), world.Clock), world.Store, lake, all, new HeldMessages(world.Store, new DeadLetters(world.Store)),
                new InMemoryEventStream(partitionCount: 2), new StoredPlaces(tables, world.Clock), [], options, world.Clock, NullLogger<ErasureJob>.Instance);
        }

        public ErasureRequests Requests { get; }

        /// <summary>One run; a fault ends it as a kill would.</summary>
        public async Task RunAsync()
        {
            try
            {
                await job.RunAsync(default);
            }
            catch (Cairn.Storage.StorageUnavailableException)
            {
                // The process is dead.
            }
        }
    }
}
