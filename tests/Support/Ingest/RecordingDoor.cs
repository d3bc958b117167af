using Cairn.Ingestion;

namespace Cairn.Support.Ingest;

/// <summary>A door that accepts everything and remembers it, or does what a test tells it.</summary>
public sealed class RecordingDoor : IIngestDoor
{
    /// <summary>The items of all requests that came through.</summary>
    public List<SeenItem> Items { get; } = [];

    /// <summary>How many requests came through.</summary>
    public int RequestCount { get; private set; }

    /// <summary>Runs before a request is remembered: judges records, or throws.</summary>
    public Action<ItemBatch>? Then { get; set; }

    public ValueTask AcceptAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        Then?.Invoke(batch);
        RequestCount++;
        Items.AddRange(SeenItem.All(batch));
        return ValueTask.CompletedTask;
    }
}
