using Cairn.Model;

namespace Cairn.Ingestion.Stages;

/// <summary>One step that judges a whole batch: it fills in what it knows, and rejects records or withdraws items.</summary>
/// <remarks>Shared by all requests, so without state of its own; nothing is allocated per item.</remarks>
interface IIngestStage
{
    /// <summary>The name under which it is measured, lower case.</summary>
    string Name { get; }

    ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken);
}

/// <summary>What stages say of one item.</summary>
static class ItemState
{
    /// <summary>Whether an item is still to be judged and published: its record was not rejected, and it was not withdrawn.</summary>
    public static bool IsPending(this ItemBatch batch, in Item item) => item.Kind != default && batch.IsAccepted(item.RecordIndex);

    /// <summary>Takes one item away while its record stays accepted: a link claim with an id that stands for nobody, say.</summary>
    public static void Withdraw(ref Item item) => item.Kind = default;
}
