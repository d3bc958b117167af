using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Cairn.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Consumer;

public class Storing_what_the_stream_brings
{
    readonly InMemoryEventStream stream = new(1);
    readonly InMemoryBlobStore memory = new();
    readonly FaultyBlobStore blobs;
    readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(Batches.NowMs));
    readonly Sink sink = new();
    readonly DeadLetters deadLetters;
    readonly StreamPublisher publisher;
    StreamConsumer consumer;

    public Storing_what_the_stream_brings()
    {
        blobs = new(memory);
        deadLetters = new(blobs);
        publisher = new(stream, new Spool(blobs, time), time);
        consumer = NewConsumer();
    }

    [Fact]
    public async Task Every_item_becomes_one_row_of_its_project_and_kind()
    {
        await PublishAsync(Batches.Of().With("Sign Up", "ann", """{"plan":"pro"}""")
            .WithItem(ItemKind.ProfileUpdate, (ref Item item) => (item.DistinctId, item.Body) = (Batches.Utf8("ann"), Batches.Utf8("""{"set":{"plan":"pro"}}""")))
            .WithItem(ItemKind.GroupUpdate, (ref Item item) => (item.Name, item.DistinctId, item.Body) = (Batches.Utf8("company"), Batches.Utf8("acme"), Batches.Utf8("""{"set":{"size":9}}"""))));
        await PublishAsync(Batches.Of(project: Batches.Blog).With("Read"), Batches.Blog);
        await ConsumeAsync(0, 1);
        Assert.Equal(["Sign Up|pro"], await RowsAsync("shop1", RowLayout.Events, RowLayout.Event, "s.plan"));
        Assert.Equal(["""ann|{"set":{"plan":"pro"}}"""], await RowsAsync("shop1", RowLayout.ProfileUpdates, RowLayout.DistinctId, RowLayout.Operations));
        Assert.Equal(["""company|acme|{"set":{"size":9}}"""], await RowsAsync("shop1", RowLayout.GroupUpdates, RowLayout.GroupType, RowLayout.DistinctId, RowLayout.Operations));
        Assert.Equal(["Read"], await RowsAsync("blog2", RowLayout.Events, RowLayout.Event));
    }

    [Fact]
    public async Task Sinks_get_updates_and_claims_with_their_places_and_no_events()
    {
        await PublishAsync(Batches.Of().With("e").WithItem(ItemKind.ProfileUpdate, (ref Item item) => item.DistinctId = Batches.Utf8("ann")));
        await PublishAsync(Batches.Of().With("e", change: DeviceAndUser("d1", "ann")));
        await ConsumeAsync(0, 1);
        Assert.Equal(["shop1 ProfileUpdate 0.1", "shop1 LinkClaim 1.0"], sink.Seen);
        Assert.Equal((0, 1), sink.Borders.Single());
    }

    [Fact]
    public async Task Whoever_sees_events_can_see_who_is_who_and_what_was_known_of_them()
    {
        var written = new List<string>();
        blobs.Decide = (call, name) =>
        {
            if (call == BlobCall.Put) written.Add(name.Split('/')[2]);
            return BlobFault.None;
        };
        await PublishAsync(Batches.Of().With("e", change: DeviceAndUser("d1", "ann"))
            .WithItem(ItemKind.ProfileUpdate, (ref Item item) => (item.DistinctId, item.Body) = (Batches.Utf8("ann"), Batches.Utf8("""{"set":{"plan":"pro"}}"""))));
        await ConsumeAsync(0, 0);
        Assert.Equal(3, written.Count);
        Assert.Equal(RowLayout.Events, written[^1]);
    }

    [Theory] // messages of one event each, redelivered in other borders; N messages in all
    [InlineData("0-9", 10)]
    [InlineData("0-4 5-9", 10)]
    [InlineData("0-4 3-9", 10)]
    [InlineData("0-6 0-9 4-9", 10)]
    [InlineData("0-0 1-1 0-9", 10)]
    public async Task A_redelivery_counts_nothing_twice(string batches, int count)
    {
        for (var i = 0; i < count; i++) await PublishAsync(Batches.Of().With($"e{i}"));
        foreach (var batch in batches.Split(' '))
        {
            var borders = batch.Split('-').Select(int.Parse).ToArray();
            await ConsumeAsync(borders[0], borders[1]);
        }
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"e{i}"), (await RowsAsync("shop1", RowLayout.Events, RowLayout.Event)).Order());
    }

    [Fact]
    public async Task Storage_that_fails_at_any_step_loses_and_doubles_nothing()
    {
        var seeds = FullRun.Count(4, 1_000);
        var faults = 0;
        for (var seed = 1; seed <= seeds; seed++)
        {
            try
            {
                faults += await new Storing_what_the_stream_brings().FailAtAnyStepAsync(seed);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}", fault);
            }
        }
        FullRun.Keep(this, $"seeds 1 to {seeds}: {faults:N0} writes failed before or after they landed; all {40 * seeds:N0} events were there once");
    }

    async Task<int> FailAtAnyStepAsync(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 40; i++)
            await PublishAsync(Batches.Of(project: i % 3 == 0 ? Batches.Blog : Batches.Shop).With($"e{i:d2}", change: DeviceAndUser($"d{i % 5}", $"u{i % 2}")), i % 3 == 0 ? Batches.Blog : Batches.Shop);
        blobs.Decide = (call, _) => call != BlobCall.Put ? BlobFault.None : random.Next(4) switch { 0 => BlobFault.FailBefore, 1 => BlobFault.FailAfterSuccess, _ => BlobFault.None };
        sink.Fails = () => random.Next(4) == 0;
        // The trigger's rules: a batch comes again, as large as it happens to be, until it goes through.
        for (var checkpoint = 0; checkpoint < 40;)
        {
            var last = Math.Min(39, checkpoint + random.Next(12));
            try
            {
                await ConsumeAsync(checkpoint, last);
                checkpoint = last + 1;
            }
            catch (StorageUnavailableException)
            {
                if (random.Next(3) == 0) consumer = NewConsumer();
            }
        }
        Assert.True(blobs.FaultCount > 5, $"only {blobs.FaultCount} faults");
        blobs.Decide = (_, _) => BlobFault.None;
        var names = (await RowsAsync("shop1", RowLayout.Events, RowLayout.Event)).Concat(await RowsAsync("blog2", RowLayout.Events, RowLayout.Event));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"e{i:d2}"), names.Order());
        var claims = await RowsAsync("shop1", RowLayout.Identities, RowLayout.OtherId, RowLayout.DistinctId);
        for (var i = 0; i < 40; i++)
            if (i % 3 != 0) Assert.Contains($"$device:d{i % 5}|u{i % 2}", claims);
        return blobs.FaultCount;
    }

    [Fact]
    public async Task A_poison_message_goes_to_the_dead_letters_and_the_others_go_on()
    {
        await PublishAsync(Batches.Of().With("before"));
        await stream.SendAsync(0, [new byte[] { 9, 9, 9 }], default);
        await PublishAsync(Batches.Of().With("after"));
        await ConsumeAsync(0, 2);
        await ConsumeAsync(1, 2);
        Assert.Equal(["after", "before"], (await RowsAsync("shop1", RowLayout.Events, RowLayout.Event)).Order());
        var letter = Assert.Single(await ListAsync());
        Assert.Equal("dead-letter/hub-1/0/00000000000000000001", letter.Name);
        Assert.Equal("message length: 3 is out of range", letter.Letter.Reason);
        Assert.Equal([9, 9, 9], (await deadLetters.ReadAsync(letter.Name, default))!.Bytes.ToArray());
        Assert.True(await deadLetters.DropAsync(letter.Name, default));
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_poison_item_goes_alone_and_says_nothing_of_its_values()
    {
        await PublishAsync(Batches.Of().With("good").With("bad", body: """{"secret":"4711" oops}""").With("good too"));
        await ConsumeAsync(0, 0);
        Assert.Equal(["good", "good too"], await RowsAsync("shop1", RowLayout.Events, RowLayout.Event));
        var letter = Assert.Single(await ListAsync());
        Assert.Equal("dead-letter/hub-1/0/00000000000000000000-1", letter.Name);
        Assert.DoesNotContain("4711", letter.Letter.Reason, StringComparison.Ordinal);
        Assert.Equal("bad", Batches.Text(Streaming.Decoded.Of((await deadLetters.ReadAsync(letter.Name, default))!.Bytes).Single().Item.Name));
    }

    [Fact]
    public async Task A_replayed_letter_is_stored_with_the_item_id_it_had()
    {
        await PublishAsync(Batches.Of().With("e"));
        var message = stream[0][0].Body;
        await deadLetters.StoreAsync(new("hub-0/3/7", "a reader of older messages was wrong", time.GetUtcNow()), message, default);
        var name = (await ListAsync()).Single().Name;
        Assert.True(await deadLetters.ReplayAsync(name, stream, default));
        Assert.False(await deadLetters.ReplayAsync(name, stream, default));
        Assert.Empty(await ListAsync());
        await ConsumeAsync(0, 1);
        Assert.Equal(["e"], await RowsAsync("shop1", RowLayout.Events, RowLayout.Event)); // the same item id: one row counts
    }

    [Fact]
    public async Task A_letter_that_the_stream_refuses_stays()
    {
        await deadLetters.StoreAsync(new("hub-0/3/7", "reason", time.GetUtcNow()), new byte[] { 1 }, default);
        stream.Refuses = _ => true;
        await Assert.ThrowsAsync<StreamUnavailableException>(() => deadLetters.ReplayAsync("dead-letter/hub-0/3/7", stream, default));
        Assert.Single(await ListAsync());
    }

    [Theory] // device:user of events in order, and the claims that are stored
    [InlineData("d1:ann d1:ann d1:ann", "d1:ann")]
    [InlineData("d1:ann d1:bob d1:ann", "d1:ann d1:bob d1:ann")]
    [InlineData("d1:ann d2:ann", "d1:ann d2:ann")]
    [InlineData("d1: :ann", "")]
    [InlineData("d1:ann | d1:ann", "d1:ann")] // over two batches
    [InlineData("d1:ann gap d1:ann", "d1:ann d1:ann")] // somebody else owned the partition: tell it again
    [InlineData("d1:ann +10m d1:ann", "d1:ann d1:ann")]
    [InlineData("d1:ann +9m d1:ann", "d1:ann")]
    [InlineData("d1:ann -1m d1:ann", "d1:ann d1:ann")] // late from the spool
    public async Task An_event_with_device_and_user_claims_their_link_when_that_is_news(string events, string claims)
    {
        var receivedAtMs = Batches.NowMs;
        var (sent, first) = (0, 0);
        foreach (var word in events.Split(' '))
        {
            if (word is "|" or "gap")
            {
                await ConsumeAsync(first, sent - 1);
                if (word == "gap") await stream.SendAsync(0, [new byte[] { 1 }], default);
                first = sent += word == "gap" ? 1 : 0;
            }
            else if (word[0] is '+' or '-') receivedAtMs += (long)TimeSpan.FromMinutes(int.Parse(word[..^1])).TotalMilliseconds;
            else
            {
                await PublishAsync(Batches.Of(receivedAtMs: receivedAtMs).With("e", change: DeviceAndUser(word.Split(':')[0], word.Split(':')[1])));
                sent++;
            }
        }
        await ConsumeAsync(first, sent - 1);
        Assert.Equal(claims, string.Join(' ', (await RowsAsync("shop1", RowLayout.Identities, RowLayout.OtherId, RowLayout.DistinctId)).Select(row => row.Replace("$device:", "", StringComparison.Ordinal).Replace('|', ':'))));
    }

    [Theory]
    [InlineData(Dialect.Mixpanel, LinkRule.MixpanelDeviceAndUser)]
    [InlineData(Dialect.Segment, LinkRule.SegmentAnonymousAndUser)]
    public async Task The_dialect_says_by_which_rule(Dialect dialect, LinkRule rule)
    {
        await PublishAsync(Batches.Of(dialect).With("e", change: DeviceAndUser("d1", "ann")));
        await ConsumeAsync(0, 0);
        Assert.Equal(rule, sink.Items.Single().Item.LinkRule);
    }

    [Fact]
    public async Task Claims_that_a_translator_makes_are_thinned_as_well()
    {
        for (var i = 0; i < 3; i++)
            await PublishAsync(Batches.Of(Dialect.Amplitude).WithItem(ItemKind.LinkClaim, (ref Item item) =>
                (item.LinkRule, item.DistinctId, item.OtherId) = (LinkRule.AmplitudeDeviceAndUser, Batches.Utf8("ann"), Batches.Utf8("$device:d1"))));
        for (var i = 0; i < 3; i++)
            await PublishAsync(Batches.Of().WithItem(ItemKind.LinkClaim, (ref Item item) =>
                (item.LinkRule, item.DistinctId, item.OtherId) = (LinkRule.MixpanelAlias, Batches.Utf8("ann"), Batches.Utf8("a2"))));
        await ConsumeAsync(0, 5);
        Assert.Equal([LinkRule.AmplitudeDeviceAndUser, LinkRule.MixpanelAlias, LinkRule.MixpanelAlias, LinkRule.MixpanelAlias], sink.Items.Select(item => item.Item.LinkRule));
    }

    [Fact]
    public async Task Claims_of_a_batch_that_failed_are_told_again()
    {
        await PublishAsync(Batches.Of().With("e", change: DeviceAndUser("d1", "ann")));
        blobs.Decide = (call, name) => call == BlobCall.Put && name.Contains("identities", StringComparison.Ordinal) ? BlobFault.FailBefore : BlobFault.None;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => ConsumeAsync(0, 0));
        blobs.Decide = (_, _) => BlobFault.None;
        await ConsumeAsync(0, 0);
        Assert.Equal(["$device:d1"], await RowsAsync("shop1", RowLayout.Identities, RowLayout.OtherId));
    }

    StreamConsumer NewConsumer() => new(blobs, deadLetters, [sink], time);

    Task ConsumeAsync(int first, int last) =>
        consumer.ConsumeAsync("hub-1", 0, [.. stream[0].Skip(first).Take(last - first + 1)], default);

    async Task PublishAsync(ItemBatch batch, IngestProject? project = null)
    {
        using (batch)
        {
            batch.IndexOf(project ?? Batches.Shop);
            await publisher.PublishAsync(batch, default);
        }
    }

    async Task<List<StoredDeadLetter>> ListAsync()
    {
        var letters = new List<StoredDeadLetter>();
        await foreach (var letter in deadLetters.ListAsync(default)) letters.Add(letter);
        return letters;
    }

    /// <summary>Live rows as texts, values joined by a bar.</summary>
    async Task<List<string>> RowsAsync(string projectId, string kind, params string[] columns)
    {
        var rows = new List<string>();
        foreach (var file in (await new RecentReader(memory, new ColumnCache(1 << 20)).OpenAsync(projectId, kind, default)).Files)
        {
            var read = new List<TextColumn?>();
            foreach (var column in columns) read.Add(await file.ReadTextAsync(column, default));
            for (var row = 0; row < file.RowCount; row++)
                if (file.Live[row]) rows.Add(string.Join('|', read.Select(column => column is null ? "" : Encoding.UTF8.GetString(column.Utf8(row)))));
        }
        return rows;
    }

    static Batches.Change DeviceAndUser(string device, string user) => (ref Item item) =>
    {
        item.DeviceId = Batches.Utf8(device);
        item.UserId = Batches.Utf8(user);
        item.DistinctId = user.Length > 0 ? item.UserId : Batches.Utf8("$device:" + device);
    };

    sealed class Sink : IConsumerSink
    {
        public Func<bool> Fails { get; set; } = () => false;
        public List<(long, long)> Borders { get; } = [];
        public List<ConsumedItem> Items { get; } = [];
        public IEnumerable<string> Seen => Items.Select(item => $"{item.ProjectId} {item.Item.Kind} {item.Seq}.{item.ItemIndex}");

        public Task ApplyAsync(ConsumedBatch batch, CancellationToken cancellationToken)
        {
            if (Fails()) throw new StorageUnavailableException("tables are away");
            Borders.Add((batch.FirstSeq, batch.LastSeq));
            Items.AddRange(batch.Items);
            return Task.CompletedTask;
        }
    }
}
