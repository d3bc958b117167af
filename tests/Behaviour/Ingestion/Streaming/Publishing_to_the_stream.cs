using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Streaming;

public class Publishing_to_the_stream
{
    readonly InMemoryEventStream stream = new();
    readonly InMemoryBlobStore memory = new();
    readonly FaultyBlobStore blobs;
    readonly FakeTimeProvider time = new(DateTimeOffset.FromUnixTimeMilliseconds(Batches.NowMs));
    readonly StreamPublisher publisher;

    public Publishing_to_the_stream()
    {
        blobs = new(memory);
        publisher = new(stream, new Spool(blobs, time), time);
    }

    SpoolReplay Replay => new(blobs, stream, new DeadLetters(blobs), time);

    [Fact]
    public async Task Every_item_lands_once_in_the_partition_of_its_device()
    {
        await PublishAsync(500);
        Assert.Equal(500, Names(stream.All).Distinct().Count());
        for (var partition = 0; partition < 4; partition++)
            Assert.All(Decoded.Of(stream[partition]), item => Assert.Equal(partition, PartitionOf.Among(PartitionOf.Hash(item.Item), 4)));
    }

    [Fact]
    public async Task Rejected_records_and_withdrawn_items_stay_out()
    {
        using var batch = Batches.Of().With("kept").With("rejected").With("withdrawn");
        batch.IndexOf(Batches.Shop);
        batch.Reject(1, RejectReason.TooOld, "time");
        batch.Items[2].Kind = default;
        await publisher.PublishAsync(batch, default);
        Assert.Equal(["kept"], Names(stream.All));
    }

    [Fact]
    public async Task Projects_of_one_request_keep_apart()
    {
        using var batch = Batches.Of().With("a").With("b");
        batch.Items[0].ProjectIndex = batch.IndexOf(Batches.Shop);
        batch.Items[1].ProjectIndex = batch.IndexOf(Batches.Blog);
        await publisher.PublishAsync(batch, default);
        Assert.Equal([("blog2", "b"), ("shop1", "a")], Decoded.Of(stream.All).Select(item => (item.ProjectId, Batches.Text(item.Item.Name))).Order());
    }

    [Fact]
    public async Task What_comes_while_a_send_is_under_way_goes_together_with_the_next()
    {
        var release = new TaskCompletionSource();
        stream.Before = _ => release.Task;
        var requests = Enumerable.Range(0, 200).Select(i => PublishOneAsync($"e{i}", "ann")).ToList();
        release.SetResult();
        await Task.WhenAll(requests);
        Assert.Equal(200, Names(stream.All).Distinct().Count());
        Assert.Equal(2, stream.SendCount);
        Assert.Equal(2, stream.All.Count());
    }

    [Fact]
    public async Task While_a_partition_is_down_another_takes_its_items()
    {
        stream.Refuses = partition => partition == 2;
        await PublishAsync(100);
        Assert.Equal(100, Names(stream.All).Distinct().Count());
        Assert.Empty(stream[2]);
        Assert.Empty(memory.Names);

        var sends = stream.SendCount;
        await PublishAsync(100);
        Assert.Equal(sends + 4, stream.SendCount); // the partition rests: it is not asked again at once

        stream.Refuses = _ => false;
        time.Advance(PartitionHealth.Rest);
        await PublishAsync(100);
        Assert.NotEmpty(stream[2]);
    }

    [Fact]
    public async Task While_the_stream_is_away_just_its_items_wait_in_the_spool_and_come_back_in_order()
    {
        stream.Refuses = _ => true;
        for (var i = 0; i < 20; i++)
        {
            await PublishOneAsync($"e{i}", "ann");
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(20, memory.Names.Count);
        Assert.Empty(stream.All);

        Assert.Equal(0, await Replay.RunAsync(default));
        Assert.Equal(20, memory.Names.Count);

        stream.Refuses = _ => false;
        Assert.Equal(20, await Replay.RunAsync(default));
        Assert.Empty(memory.Names);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"e{i}"), Names(stream.All));
    }

    [Fact]
    public async Task A_stream_never_seen_yet_is_no_reason_to_lose_anything()
    {
        stream.IsUnknown = true;
        stream.Refuses = _ => true;
        await PublishAsync(50);
        stream.IsUnknown = false;
        stream.Refuses = _ => false;
        await Replay.RunAsync(default);
        Assert.Equal(50, Names(stream.All).Distinct().Count());
    }

    [Fact]
    public async Task A_replay_that_died_after_the_send_sends_again_with_the_same_item_ids()
    {
        stream.Refuses = _ => true;
        await PublishOneAsync("e", "ann");
        stream.Refuses = _ => false;
        blobs.Decide = (call, _) => call == BlobCall.Delete ? BlobFault.FailBefore : BlobFault.None;
        await Assert.ThrowsAsync<Cairn.Storage.StorageUnavailableException>(() => Replay.RunAsync(default));
        blobs.Decide = (_, _) => BlobFault.None;
        await Replay.RunAsync(default);
        Assert.Equal(2, Decoded.Of(stream.All).Count);
        Assert.Single(Decoded.Of(stream.All).Select(item => item.Item.Id).Distinct());
    }

    [Fact]
    public async Task A_send_that_landed_and_failed_goes_to_the_spool_with_the_same_item_ids()
    {
        stream.LandsAndFails = _ => true;
        await PublishOneAsync("e", "ann");
        stream.LandsAndFails = _ => false;
        await Replay.RunAsync(default);
        Assert.Single(Decoded.Of(stream.All).Select(item => item.Item.Id).Distinct());
    }

    [Fact]
    public async Task Only_when_the_spool_fails_too_the_sender_is_told()
    {
        stream.Refuses = _ => true;
        blobs.Decide = (_, _) => BlobFault.FailBefore;
        await Assert.ThrowsAsync<StreamUnavailableException>(() => PublishOneAsync("e", "ann"));
        blobs.Decide = (_, _) => BlobFault.None;
        await PublishOneAsync("f", "ann"); // and the way is open again
        Assert.Single(memory.Names);
    }

    [Fact]
    public async Task A_stream_that_hangs_is_left_for_the_spool()
    {
        stream.Before = token => Task.Delay(Timeout.Infinite, token);
        var publishing = PublishOneAsync("e", "ann");
        for (var i = 0; i < 20 && !publishing.IsCompleted; i++)
        {
            time.Advance(PartitionLane.SendTimeout);
            await Task.Delay(10);
        }
        await publishing;
        Assert.Single(memory.Names);
    }

    [Fact]
    public async Task A_caller_that_gives_up_takes_nothing_away_from_the_others()
    {
        var release = new TaskCompletionSource();
        stream.Before = _ => release.Task;
        using var patience = new CancellationTokenSource();
        var first = PublishOneAsync("first", "ann", patience.Token);
        var second = PublishOneAsync("second", "ann");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();
        await second;
        Assert.Equal(["first", "second"], Names(stream.All));
    }

    [Fact]
    public async Task A_spool_blob_that_nobody_can_read_stands_in_nobodys_way()
    {
        await memory.PutAsync("spool/000000000000000-broken.messages", new byte[] { 1, 2, 3 }, default, default);
        stream.Refuses = _ => true;
        await PublishOneAsync("e", "ann");
        stream.Refuses = _ => false;
        await Replay.RunAsync(default);
        Assert.Equal(["e"], Names(stream.All));
        Assert.Equal(["dead-letter/spool/000000000000000-broken.messages"], memory.Names);
    }

    static IEnumerable<string> Names(IEnumerable<StreamMessage> messages) => Decoded.Of(messages).Select(item => Batches.Text(item.Item.Name));

    async Task PublishAsync(int count)
    {
        using var batch = Batches.Of();
        batch.IndexOf(Batches.Shop);
        for (var i = 0; i < count; i++) batch.With($"e{i}", $"user-{i}");
        await publisher.PublishAsync(batch, default);
    }

    async Task PublishOneAsync(string name, string who, CancellationToken cancellationToken = default)
    {
        using var batch = Batches.Of().With(name, who);
        batch.IndexOf(Batches.Shop);
        await publisher.PublishAsync(batch, cancellationToken);
    }
}
