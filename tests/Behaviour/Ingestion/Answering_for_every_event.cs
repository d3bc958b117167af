using System.Text;
using System.Text.Json;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Model.Profiles;
using Cairn.Storage;
using Cairn.Storage.Identity;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Profiles;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion;

/// <summary>
/// The whole way from the door to the rows that count, while stream, spool and store fail by chance, consumers die, two own a partition at once, and
/// clients send again what they got no answer for. Each seed is another history; a failing one says its number.
/// </summary>
public class Answering_for_every_event
{
    const int Partitions = 3;

    static readonly int Histories = FullRun.Count(25, 1_500);

    [Fact]
    public async Task Whatever_was_answered_with_success_is_there_once_and_nothing_else_twice()
    {
        long events = 0, counters = 0, exact = 0, links = 0, faults = 0;
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = new History(seed);
            await history.RunAsync();
            try
            {
                var rows = (await history.RowsAsync()).CountBy(name => name).ToDictionary();
                Assert.All(history.Acknowledged, name => Assert.True(rows.GetValueOrDefault(name) == 1, $"{name} is there {rows.GetValueOrDefault(name)} times"));
                // What was never acknowledged may be there: once where it can be told apart.
                Assert.All(rows, row => Assert.True(!history.HasInsertId(row.Key) || row.Value == 1, $"{row.Key} is there {row.Value} times"));
                Assert.True(history.Faults > 20, $"only {history.Faults} faults");
                exact += await history.CompareCountersAsync();
                await history.CompareLinksAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}", e);
            }
            events += history.Acknowledged.Count;
            counters += history.UpdatesAcknowledged;
            links += history.Linked.Count;
            faults += history.Faults;
        }
        FullRun.Keep(this, $"seeds 1 to {Histories}: {faults:N0} faults; {events:N0} events acknowledged, each there once; {counters:N0} updates of counters acknowledged, "
            + $"every counter between acknowledged and sent, {exact:N0} of them exactly at it; {links:N0} links acknowledged, all there");
    }

    sealed class History
    {
        readonly Random random;
        readonly InMemoryEventStream stream = new(Partitions);
        readonly InMemoryBlobStore memory = new();
        readonly FaultyBlobStore blobs;
        readonly FaultyTableStore tables = new(new InMemoryTableStore());
        readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(Batches.NowMs));
        readonly DeadLetters deadLetters;
        readonly SpoolReplay replay;
        readonly IngestDoor door;
        readonly int[] checkpoints = new int[Partitions];
        readonly HashSet<string> withInsertId = [];
        readonly Dictionary<string, Counter> counters = [];
        StreamConsumer consumer;
        double faultChance;
        int next;

        public History(int seed)
        {
            random = new(seed);
            blobs = new(memory) { Decide = (_, _) => Chance() ? random.Next(2) == 0 ? BlobFault.FailBefore : BlobFault.FailAfterSuccess : BlobFault.None };
            tables.Decide = (_, writes) => Chance() ? !writes || random.Next(2) == 0 ? BlobFault.FailBefore : BlobFault.FailAfterSuccess : BlobFault.None;
            stream.Refuses = _ => Chance();
            stream.LandsAndFails = _ => Chance();
            deadLetters = new(blobs);
            replay = new(blobs, stream, deadLetters, time);
            door = new(new NoTokens(), new Nobody(), new OpenCatalogue(), new(stream, new Spool(blobs, time), time));
            consumer = NewConsumer();
        }

        public List<string> Acknowledged { get; } = [];
        public HashSet<(string Device, string User)> Linked { get; } = [];
        public int UpdatesAcknowledged => counters.Values.Sum(counter => counter.Acknowledged);
        public int Faults { get; private set; }
        public bool HasInsertId(string name) => withInsertId.Contains(name);

        public async Task RunAsync()
        {
            for (var step = 0; step < 300; step++)
            {
                // Calm and stormy weather, and now and then everything away for longer than any finite number of tries.
                if (step % 20 == 0) faultChance = random.Next(4) switch { 0 => 0, 1 => 0.1, 2 => 0.4, _ => 1 };
                time.Advance(TimeSpan.FromMilliseconds(random.Next(3_000)));
                switch (random.Next(7))
                {
                    case 0: await IgnoringAsync(() => replay.RunAsync(default)); break;
                    case 1 or 2: await ConsumeAsync(random.Next(Partitions)); break;
                    case 3: await SendUpdatesAsync(); break;
                    default: await SendAsync(); break;
                }
            }
            faultChance = 0;
            time.Advance(PartitionHealth.Rest);
            await replay.RunAsync(default);
            for (var partition = 0; partition < Partitions; partition++)
                while (checkpoints[partition] < stream[partition].Count) await ConsumeAsync(partition);
            Assert.DoesNotContain(memory.Names, name => name.StartsWith(Spool.Folder, StringComparison.Ordinal) || name.StartsWith(DeadLetters.Folder, StringComparison.Ordinal));
        }

        public async Task<List<string>> RowsAsync()
        {
            var rows = new List<string>();
            foreach (var file in (await new RecentReader(memory, new(1 << 20)).OpenAsync(Batches.Shop.ProjectId, RowLayout.Events, default)).Files)
            {
                var names = (await file.ReadTextAsync(RowLayout.Event, default))!;
                for (var row = 0; row < file.RowCount; row++)
                    if (file.Live[row]) rows.Add(Encoding.UTF8.GetString(names.Utf8(row)));
            }
            return rows;
        }

        /// <summary>Each counter lies between what was acknowledged and what was sent, in the look-up rows and folded from the stored ones.</summary>
        /// <returns>How many had nothing between the two, and were exactly at it.</returns>
        public async Task<int> CompareCountersAsync()
        {
            var (store, _, directory) = NewPeople();
            var exact = 0;
            foreach (var (who, counter) in counters)
            {
                var looked = Steps((await store.FindAsync(Batches.Shop.ProjectId, IdentityMode.Simplified, who, default))?.Profile);
                var folded = Steps((await directory.ReadAsync(Batches.Shop.ProjectId, PersonMap.Empty(IdentityMode.Simplified), default)).Current(who));
                Assert.True(looked == folded, $"{who}: {looked} in the look-up row, {folded} by the stored updates");
                Assert.True(looked >= counter.Acknowledged && looked <= counter.Sent, $"{who}: {looked}, acknowledged {counter.Acknowledged}, sent {counter.Sent}");
                if (counter.Acknowledged == counter.Sent) exact++;
            }
            return exact;
        }

        /// <summary>A device that was seen with a user belongs to that user's person, by look-up rows and by the stored claims.</summary>
        public async Task CompareLinksAsync()
        {
            var (_, persons, _) = NewPeople();
            var map = await persons.ReadMapAsync(Batches.Shop.ProjectId, IdentityMode.Simplified, default);
            foreach (var (device, user) in Linked)
            {
                Assert.True(map.PersonOf("$device:" + device) == map.PersonOf(user), $"{device} and {user} are two persons by the stored claims");
                var found = (await persons.FindAsync(Batches.Shop.ProjectId, IdentityMode.Simplified, "$device:" + device, default)).Found;
                Assert.True(found?.Ids.Any(id => id.Id == user) == true, $"{device} and {user} are two persons by the look-up rows");
            }
        }

        async Task SendAsync()
        {
            // A client sends the same events until it is told that they are safe, or gives up.
            var events = Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Name: $"e{next++}", Who: $"u{random.Next(9)}")).ToList();
            // A device belongs to one user for ever here; who shares one is another suite's matter.
            var device = random.Next(3) == 0 ? $"d{random.Next(9)}" : "";
            if (device.Length > 0) events = events.ConvertAll(one => one with { Who = "u" + device[1..] });
            var tellsApart = random.Next(3) > 0;
            if (tellsApart) withInsertId.UnionWith(events.Select(one => one.Name));
            for (var tries = tellsApart ? 3 : 1; tries > 0; tries--)
            {
                using var batch = Batches.Of(Dialect.Segment, receivedAtMs: time.GetUtcNow().ToUnixTimeMilliseconds());
                foreach (var (name, who) in events)
                    batch.With(name, who, change: (ref Item item) =>
                    {
                        item.InsertId = tellsApart ? Batches.Utf8("i-" + name) : default;
                        if (device.Length == 0) return;
                        item.DeviceId = Batches.Utf8(device);
                        item.UserId = Batches.Utf8(who);
                    });
                try
                {
                    await door.AcceptAsync(batch, default);
                }
                catch (StreamUnavailableException)
                {
                    continue;
                }
                Acknowledged.AddRange(events.Select(one => one.Name));
                if (device.Length > 0) Linked.Add((device, "u" + device[1..]));
                // An answer may get lost as well: then a careful client sends once more.
                if (!tellsApart || random.Next(5) > 0) return;
                Acknowledged.RemoveRange(Acknowledged.Count - events.Count, events.Count);
            }
        }

        async Task SendUpdatesAsync()
        {
            // Some clients send an update once, some again and again until they are answered, some with an id that tells a copy.
            var way = random.Next(3);
            var who = $"{"omi"[way]}{random.Next(6)}";
            if (!counters.TryGetValue(who, out var counter)) counters[who] = counter = new();
            var insertId = way == 2 ? Batches.Utf8($"n{next++}") : default;
            if (way == 2) counter.Sent++;
            for (var tries = way == 0 ? 1 : 3; tries > 0; tries--)
            {
                using var batch = Batches.Of(receivedAtMs: time.GetUtcNow().ToUnixTimeMilliseconds());
                batch.WithItem(ItemKind.ProfileUpdate, (ref Item item) =>
                {
                    item.DistinctId = Batches.Utf8(who);
                    item.SentTimeMs = item.TimeMs = Batches.NowMs;
                    item.InsertId = insertId;
                    item.Body = """{"add":{"steps":1}}"""u8.ToArray();
                });
                if (way != 2) counter.Sent++;
                try
                {
                    await door.AcceptAsync(batch, default);
                }
                catch (StreamUnavailableException)
                {
                    continue;
                }
                counter.Acknowledged++;
                return;
            }
        }

        async Task ConsumeAsync(int partition)
        {
            var first = checkpoints[partition];
            var messages = stream[partition].Skip(first).Take(random.Next(1, 30)).ToList();
            if (messages.Count == 0) return;
            var died = random.Next(8) == 0;
            var isOldOwner = random.Next(8) == 0;
            if (isOldOwner) await IgnoringAsync(() => NewConsumer().ConsumeAsync("hub-1", partition, [.. messages.Take(random.Next(1, messages.Count + 1))], default));
            var stored = await IgnoringAsync(() => consumer.ConsumeAsync("hub-1", partition, messages, default));
            // It dies between the files and the checkpoint, or before the files are whole.
            if (died) consumer = NewConsumer();
            else if (stored) checkpoints[partition] += messages.Count;
        }

        StreamConsumer NewConsumer()
        {
            var (profiles, _, _) = NewPeople(out var identities);
            return new(blobs, deadLetters, [new LookupSink(profiles, identities)], time);
        }

        (ProfileStore, PersonLookup, ProfileDirectory) NewPeople() => NewPeople(out _);

        /// <summary>As a process that just started has them: nothing is remembered but what is stored.</summary>
        (ProfileStore, PersonLookup, ProfileDirectory) NewPeople(out IdentityStore identities)
        {
            var rows = new RecentReader(blobs, new(1 << 20));
            identities = new(tables, blobs);
            var persons = new PersonLookup(identities, new PersonDirectory(rows));
            var directory = new ProfileDirectory(rows);
            return (new(tables, blobs, new StoredUpdates(rows), persons, directory), persons, directory);
        }

        static double Steps(Profile? profile) => profile is null ? 0 : JsonDocument.Parse(UpdateStory.Text(profile)).RootElement.GetProperty("steps").GetDouble();

        bool Chance()
        {
            if (random.NextDouble() >= faultChance) return false;
            Faults++;
            return true;
        }

        static async Task<bool> IgnoringAsync(Func<Task> act)
        {
            try
            {
                await act();
                return true;
            }
            catch (StorageUnavailableException)
            {
                return false;
            }
        }

        sealed class Counter
        {
            public int Acknowledged { get; set; }
            public int Sent { get; set; }
        }

        sealed class NoTokens : IProjectDirectory
        {
            public ValueTask<IngestProject?> FindByTokenAsync(ReadOnlyMemory<byte> utf8Token, CancellationToken cancellationToken) => default;
            public ValueTask<IngestProject?> FindByIdAsync(string projectId, CancellationToken cancellationToken) => default;
        }

        sealed class Nobody : ISuppressions
        {
            public bool IsSuppressed(string projectId, ReadOnlySpan<byte> utf8Id) => false;
        }
    }
}
