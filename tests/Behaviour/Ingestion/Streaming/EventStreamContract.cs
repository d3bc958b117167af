using System.Text;
using Cairn.Ingestion;
using Cairn.Ingestion.Streaming;
using Cairn.Storage;
using Cairn.Support.Ingestion;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Streaming;

/// <summary>What every <see cref="IEventStream"/> does alike. A stream's own class gives an empty stream for each test.</summary>
public abstract class EventStreamContract
{
    /// <summary>More than any hub takes in one send.</summary>
    const int TooManyBytes = (1024 * 1024) + 1;

    static readonly CancellationToken None = CancellationToken.None;

    protected abstract IEventStream Stream { get; }

    /// <summary>Where a publisher would spool; nothing comes there.</summary>
    protected abstract IBlobStore Blobs { get; }

    /// <summary>What a reader of the partition gets from its beginning.</summary>
    protected abstract IReadOnlyList<byte[]> Read(int partition);

    /// <summary>Closes the stream and opens it again, as a restart of the app does.</summary>
    protected abstract Task ReopenAsync();

    /// <summary>From now on sends are refused before anything lands, or no longer.</summary>
    protected abstract void Refuse(bool doesRefuse);

    /// <summary>Sends messages that land, though the sender hears nothing in time; when it fails, they have landed.</summary>
    protected abstract Task SendUnansweredAsync(int partition, IReadOnlyList<ReadOnlyMemory<byte>> messages);

    [Fact]
    public async Task What_was_acknowledged_is_read_in_order_from_the_partition_it_was_sent_to()
    {
        var partitions = (await Stream.DescribeAsync(None)).PartitionCount;
        for (var round = 0; round < 5; round++)
            for (var partition = 0; partition < partitions; partition++)
            {
                await Stream.SendAsync(partition, [Text($"{partition} {round} a"), Text($"{partition} {round} b")], None);
                Assert.Equal((round + 1) * 2, Read(partition).Count); // acknowledged is readable at once
            }
        for (var partition = 0; partition < partitions; partition++)
            Assert.Equal(Enumerable.Range(0, 5).SelectMany(round => new[] { $"{partition} {round} a", $"{partition} {round} b" }), Texts(partition));
    }

    [Fact]
    public async Task Senders_at_once_keep_their_own_order_and_lose_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async sender =>
        {
            for (var i = 0; i < 10; i++) await Stream.SendAsync(1, [Text($"{sender} {i} a"), Text($"{sender} {i} b")], None);
        }));
        var read = Texts(1);
        Assert.Equal(400, read.Count);
        for (var sender = 0; sender < 20; sender++)
            Assert.Equal(
                Enumerable.Range(0, 10).SelectMany(i => new[] { $"{sender} {i} a", $"{sender} {i} b" }),
                read.Where(text => text.StartsWith($"{sender} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_partition_tells_the_place_of_its_last_message()
    {
        Assert.Equal(-1, await Stream.FindLastSeqAsync(0, None));
        await Stream.SendAsync(0, [Text("a"), Text("b")], None);
        await Stream.SendAsync(1, [Text("c")], None);
        Assert.Equal((1, 0), (await Stream.FindLastSeqAsync(0, None), await Stream.FindLastSeqAsync(1, None)));
    }

    [Fact]
    public async Task A_sender_may_use_its_memory_again()
    {
        var memory = Encoding.UTF8.GetBytes("first");
        await Stream.SendAsync(0, [memory], None);
        "again"u8.CopyTo(memory);
        await Stream.SendAsync(0, [memory], None);
        Assert.Equal(["first", "again"], Texts(0));
    }

    [Fact]
    public async Task Nothing_to_send_is_no_message_and_an_empty_message_is_one()
    {
        await Stream.SendAsync(0, [], None);
        Assert.Empty(Read(0));
        await Stream.SendAsync(0, [ReadOnlyMemory<byte>.Empty], None);
        Assert.Equal([0], Read(0).Select(message => message.Length));
    }

    [Fact]
    public async Task The_largest_messages_that_are_packed_are_taken_and_more_than_one_send_holds_in_order()
    {
        var messages = Enumerable.Range(0, 40).Select(i => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)i, StreamLimits.MaxMessageBytes).ToArray()).ToList();
        messages.Insert(20, new byte[StreamLimits.MaxLoneMessageBytes]);
        await Stream.SendAsync(0, messages, None);
        Assert.Equal(messages.Select(message => message.ToArray()), Read(0));
    }

    [Fact]
    public async Task A_message_that_no_send_can_hold_is_refused_and_harms_no_other()
    {
        await Assert.ThrowsAsync<StreamUnavailableException>(() => Stream.SendAsync(0, [new byte[TooManyBytes]], None));
        Assert.Empty(Read(0));
        await Stream.SendAsync(0, [Text("small")], None);
        Assert.Equal(["small"], Texts(0));
    }

    [Fact]
    public async Task What_was_refused_is_not_read_and_the_way_opens_again()
    {
        await Stream.SendAsync(0, [Text("before")], None);
        Refuse(true);
        for (var i = 0; i < 3; i++) await Assert.ThrowsAsync<StreamUnavailableException>(() => Stream.SendAsync(0, [Text("refused")], None));
        Refuse(false);
        await Stream.SendAsync(0, [Text("after")], None);
        Assert.Equal(["before", "after"], Texts(0));
    }

    [Fact]
    public async Task No_answer_in_time_says_unavailable_though_the_messages_may_have_landed()
    {
        await Assert.ThrowsAsync<StreamUnavailableException>(() => SendUnansweredAsync(0, [Text("late")]));
        Assert.Equal(["late"], Texts(0));
        await Stream.SendAsync(0, [Text("next")], None);
        Assert.Equal(["late", "next"], Texts(0));
    }

    [Fact]
    public async Task A_caller_who_gave_up_is_told_from_a_stream_that_did() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stream.SendAsync(0, [Text("never")], new CancellationToken(canceled: true)));

    [Fact]
    public async Task Its_identity_and_its_messages_outlast_a_restart()
    {
        var shape = await Stream.DescribeAsync(None);
        Assert.Matches("^[a-z0-9-]{1,80}$", shape.StreamId);
        Assert.InRange(shape.PartitionCount, 1, 32);
        Assert.Equal(shape, await Stream.DescribeAsync(None));
        await Stream.SendAsync(1, [Text("before")], None);

        await ReopenAsync();

        Assert.Equal(shape, await Stream.DescribeAsync(None));
        await Stream.SendAsync(1, [Text("after")], None);
        Assert.Equal(["before", "after"], Texts(1));
    }

    [Fact]
    public async Task What_has_one_key_lies_in_one_partition_in_its_order()
    {
        var publisher = new StreamPublisher(Stream, new Spool(Blobs, TimeProvider.System), TimeProvider.System);
        for (var round = 0; round < 3; round++)
        {
            using var batch = Batches.Of();
            batch.IndexOf(Batches.Shop);
            for (var user = 0; user < 50; user++) batch.With($"e{round}", $"user-{user}");
            await publisher.PublishAsync(batch, None);
        }
        var partitions = (await Stream.DescribeAsync(None)).PartitionCount;
        var found = Enumerable.Range(0, partitions)
            .SelectMany(partition => Read(partition).SelectMany(message => Decoded.Of(message)).Select(one => (partition, Who: Batches.Text(one.Item.DistinctId), Name: Batches.Text(one.Item.Name), one.Item)))
            .ToLookup(one => one.Who);
        Assert.Equal(50, found.Count);
        foreach (var user in found)
        {
            Assert.Equal(["e0", "e1", "e2"], user.Select(one => one.Name));
            Assert.Equal(PartitionOf.Among(PartitionOf.Hash(user.First().Item), partitions), Assert.Single(user.Select(one => one.partition).Distinct()));
        }
    }

    List<string> Texts(int partition) => [.. Read(partition).Select(message => Encoding.UTF8.GetString(message))];

    static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
