using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Stages;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
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

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_event_that_was_answered_with_success_is_there_once_and_no_other_twice(int seed)
    {
        var history = new History(seed);
        await history.RunAsync();
        var rows = await history.RowsAsync();
        Assert.All(history.Acknowledged, name => Assert.True(rows.Count(row => row == name) == 1, $"{name} is there {rows.Count(row => row == name)} times"));
        // What was never acknowledged may be there: once where it can be told apart.
        Assert.All(rows.Distinct(), name => Assert.True(!history.HasInsertId(name) || rows.Count(row => row == name) == 1, $"{name} is there {rows.Count(row => row == name)} times"));
        Assert.True(history.Faults > 20, $"only {history.Faults} faults");
    }

    sealed class History
    {
        readonly Random random;
        readonly InMemoryEventStream stream = new(Partitions);
        readonly InMemoryBlobStore memory = new();
        readonly FaultyBlobStore blobs;
        readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(Batches.NowMs));
        readonly DeadLetters deadLetters;
        readonly SpoolReplay replay;
        readonly IngestDoor door;
        readonly int[] checkpoints = new int[Partitions];
        readonly HashSet<string> withInsertId = [];
        StreamConsumer consumer;
        double faultChance;
        int next;

        public History(int seed)
        {
            random = new(seed);
            blobs = new(memory) { Decide = (_, _) => Chance() ? random.Next(2) == 0 ? BlobFault.FailBefore : BlobFault.FailAfterSuccess : BlobFault.None };
            stream.Refuses = _ => Chance();
            stream.LandsAndFails = _ => Chance();
            deadLetters = new(blobs);
            replay = new(blobs, stream, deadLetters, time);
            door = new(new NoTokens(), new Nobody(), new OpenCatalogue(), new(stream, new Spool(blobs, time), time));
            consumer = NewConsumer();
        }

        public List<string> Acknowledged { get; } = [];
        public int Faults { get; private set; }
        public bool HasInsertId(string name) => withInsertId.Contains(name);

        public async Task RunAsync()
        {
            for (var step = 0; step < 300; step++)
            {
                // Calm and stormy weather, and now and then everything away for longer than any finite number of tries.
                if (step % 20 == 0) faultChance = random.Next(4) switch { 0 => 0, 1 => 0.1, 2 => 0.4, _ => 1 };
                time.Advance(TimeSpan.FromMilliseconds(random.Next(3_000)));
                switch (random.Next(6))
                {
                    case 0: await IgnoringAsync(() => replay.RunAsync(default)); break;
                    case 1 or 2: await ConsumeAsync(random.Next(Partitions)); break;
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

        async Task SendAsync()
        {
            // A client sends the same events until it is told that they are safe, or gives up.
            var events = Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Name: $"e{next++}", Who: $"u{random.Next(9)}")).ToList();
            var tellsApart = random.Next(3) > 0;
            if (tellsApart) withInsertId.UnionWith(events.Select(one => one.Name));
            for (var tries = tellsApart ? 3 : 1; tries > 0; tries--)
            {
                using var batch = Batches.Of(Dialect.Segment, receivedAtMs: time.GetUtcNow().ToUnixTimeMilliseconds());
                foreach (var (name, who) in events)
                    batch.With(name, who, change: (ref Item item) => item.InsertId = tellsApart ? Batches.Utf8("i-" + name) : default);
                try
                {
                    await door.AcceptAsync(batch, default);
                }
                catch (StreamUnavailableException)
                {
                    continue;
                }
                Acknowledged.AddRange(events.Select(one => one.Name));
                // An answer may get lost as well: then a careful client sends once more.
                if (!tellsApart || random.Next(5) > 0) return;
                Acknowledged.RemoveRange(Acknowledged.Count - events.Count, events.Count);
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

        StreamConsumer NewConsumer() => new(blobs, deadLetters, [], time);

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
