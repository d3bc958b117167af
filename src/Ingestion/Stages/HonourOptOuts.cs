using System.Text.Json;
using Cairn.Model;
using Cairn.Storage.Erasure;

namespace Cairn.Ingestion.Stages;

/// <summary>Drops, quietly, what its sender asked not to be kept (<c>$ignore</c>), what is about a suppressed person, and copies of what was erased.</summary>
/// <remarks>Source: Mixpanel, "Reserved Properties": an event whose <c>$ignore</c> is true or a text is dropped without an error.</remarks>
sealed class HonourOptOuts(ISuppressions suppressions, ErasureStore? erasures) : IIngestStage
{
    public string Name => "honour_opt_outs";

    public async ValueTask RunAsync(ItemBatch batch, CancellationToken cancellationToken)
    {
        var erased = erasures is null ? null : await erasures.ReadRecentAsync(cancellationToken);
        Judge(batch, erased?.Count > 0 ? erased : null);
    }

    void Judge(ItemBatch batch, IReadOnlyDictionary<string, ErasedItems>? erased)
    {
        var copies = 0;
        foreach (ref var item in batch.Items)
        {
            if (!batch.IsPending(item)) continue;
            if (item is { Dialect: Dialect.Mixpanel, Kind: ItemKind.Event } && AsksToBeIgnored(item.Body.Span))
                batch.Reject(item.RecordIndex, RejectReason.OptedOut, "properties.$ignore", quietly: true);
            else if (IsSuppressed(batch.Projects[item.ProjectIndex].ProjectId, item))
                batch.Reject(item.RecordIndex, RejectReason.Suppressed, "", quietly: true);
            else if (erased is not null && erased.TryGetValue(batch.Projects[item.ProjectIndex].ProjectId, out var ofProject) && ofProject.Covers(item))
            {
                batch.Reject(item.RecordIndex, RejectReason.Suppressed, "", quietly: true);
                copies++;
            }
        }
        ErasureMeter.Dropped("door", copies);
    }

    static bool AsksToBeIgnored(ReadOnlySpan<byte> utf8Object)
    {
        if (utf8Object.IndexOf("\"$ignore\""u8) < 0) return false;
        var reader = new Utf8JsonReader(utf8Object, new JsonReaderOptions { MaxDepth = 64 });
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("$ignore"u8)) continue;
            reader.Read();
            return reader.TokenType == JsonTokenType.True || (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0);
        }
        return false;
    }

    bool IsSuppressed(string projectId, in Item item)
    {
        if (item.Kind == ItemKind.GroupUpdate) return false;
        return (!item.DistinctId.IsEmpty && suppressions.IsSuppressed(projectId, item.DistinctId.Span))
            || (!item.UserId.IsEmpty && !item.UserId.Equals(item.DistinctId) && suppressions.IsSuppressed(projectId, item.UserId.Span))
            || (!item.OtherId.IsEmpty && suppressions.IsSuppressed(projectId, item.OtherId.Span))
            || (!item.DeviceId.IsEmpty && IsDeviceSuppressed(projectId, item.DeviceId.Span));
    }

    bool IsDeviceSuppressed(string projectId, ReadOnlySpan<byte> deviceId)
    {
        var length = DevicePrefix.Length + deviceId.Length;
        var id = length <= 128 ? stackalloc byte[128] : new byte[length];
        DevicePrefix.CopyTo(id);
        deviceId.CopyTo(id[DevicePrefix.Length..]);
        return suppressions.IsSuppressed(projectId, id[..length]);
    }

    static ReadOnlySpan<byte> DevicePrefix => "$device:"u8;
}
