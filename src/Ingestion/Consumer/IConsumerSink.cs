using Cairn.Model;

namespace Cairn.Ingestion.Consumer;

/// <summary>
/// Something that keeps look-up rows beside the recent files: called once the files of a batch are stored, before the batch counts as
/// consumed.
/// </summary>
/// <remarks>
/// A batch may come again, with other borders, and two owners of a partition may bring it at once: applying is idempotent by place
/// (stream, partition, seq, item index), or by item id. It throws where the store is away: then the whole batch comes again.
/// </remarks>
public interface IConsumerSink
{
    Task ApplyAsync(ConsumedBatch batch, CancellationToken cancellationToken);
}

/// <summary>The updates and claims of some messages of one partition; events, which touch no look-up row, are left out.</summary>
/// <param name="FirstSeq">The first message, with or without items here.</param>
/// <param name="LastSeq">The last message, included.</param>
/// <param name="Items">In the order of places; their texts live until <see cref="IConsumerSink.ApplyAsync"/> returns.</param>
public sealed record ConsumedBatch(string StreamId, int Partition, long FirstSeq, long LastSeq, IReadOnlyList<ConsumedItem> Items);

/// <summary>An item with its place; a claim that was derived from an event has the event's place and item id.</summary>
public readonly record struct ConsumedItem(string ProjectId, long Seq, int ItemIndex, Item Item);
