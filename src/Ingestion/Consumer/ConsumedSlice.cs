using System.Text.Json;
using Cairn.Ingestion.Streaming;
using Cairn.Model;
using Cairn.Storage;
using Cairn.Storage.Erasure;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Ingestion.Consumer;

/// <summary>The rows of some messages of one partition, by project and kind, on their way to recent files.</summary>
sealed class ConsumedSlice(string streamId, int partition, PartitionMemory memory, RowsBuilders spare, IReadOnlyDictionary<string, ErasedItems> erased) : IDisposable
{
    readonly Dictionary<(string ProjectId, ItemKind Kind), RecentRowsBuilder> builders = [];
    readonly ByteArena texts = new();
    readonly MessageDecoder decoder = memory.Decoder;
    readonly LastClaims claims = memory.Claims;
    (string ProjectId, ItemKind Kind, RecentRowsBuilder? Builder) last = ("", default, null);

    public long FirstSeq { get; private set; } = -1;
    public long LastSeq { get; private set; } = -1;
    public DateTimeOffset LastEnqueuedAt { get; private set; }

    /// <summary>When the item that waited longest was received, Unix milliseconds; null where there is none.</summary>
    public long? OldestReceivedAtMs { get; private set; }

    /// <summary>Items that were dropped, for they are erased.</summary>
    public int ErasedCount { get; private set; }

    /// <summary>Updates and claims, in the order of places.</summary>
    public List<ConsumedItem> Items { get; } = [];

    /// <summary>What could not be read, with the bytes to keep.</summary>
    public List<(DeadLetter Letter, ReadOnlyMemory<byte> Bytes)> Faults { get; } = [];

    /// <summary>Rows so far, by kind.</summary>
    public int Count(ItemKind kind) => builders.Where(builder => builder.Key.Kind == kind).Sum(builder => builder.Value.RowCount);

    /// <summary>Takes a message apart.</summary>
    public void Add(in StreamMessage message)
    {
        if (FirstSeq < 0) FirstSeq = message.Seq;
        LastSeq = message.Seq;
        LastEnqueuedAt = message.EnqueuedAt;
        try
        {
            decoder.Decode(message.Body);
        }
        catch (MessageFormatException fault)
        {
            Faults.Add((new(DeadLetter.OfMessage(streamId, partition, message.Seq), fault.Message, message.EnqueuedAt), message.Body));
            return;
        }
        var items = decoder.Items;
        for (var index = 0; index < items.Length; index++) Add(message, decoder.ProjectIds[index], index, items[index]);
    }

    void Add(in StreamMessage message, string projectId, int index, in Item item)
    {
        if (erased.Count > 0 && erased.TryGetValue(projectId, out var ofProject) && ofProject.Covers(item))
        {
            ErasedCount++;
            return;
        }
        if (item.Kind == ItemKind.LinkClaim && !claims.IsNews(projectId, item)) return;
        try
        {
            Builder(projectId, item.Kind).Add(item, message.Seq, index);
            OldestReceivedAtMs = Math.Min(OldestReceivedAtMs ?? long.MaxValue, item.ReceivedAtMs);
        }
        catch (JsonException fault)
        {
            var alone = ContentWriter.Alone(projectId, item);
            Faults.Add((new(DeadLetter.OfItem(streamId, partition, message.Seq, index), $"{item.Kind}: {fault.Message}", message.EnqueuedAt), alone));
            return;
        }
        if (item.Kind != ItemKind.Event)
        {
            Items.Add(new(projectId, message.Seq, index, Kept(item)));
            return;
        }
        if (!DerivedClaim.TryFrom(item, texts, out var claim) || !claims.IsNews(projectId, claim)) return;
        Builder(projectId, ItemKind.LinkClaim).Add(claim, message.Seq, index);
        Items.Add(new(projectId, message.Seq, index, Kept(claim)));
    }

    /// <summary>Writes one file for each project and kind: events last, so that whoever sees them can see who is who and what was known of them.</summary>
    public async Task StoreAsync(IBlobStore blobs, CancellationToken cancellationToken)
    {
        foreach (var ((projectId, kind), rows) in builders.OrderBy(one => one.Key.Kind == ItemKind.Event))
            if (rows.RowCount > 0)
                await RecentWriter.WriteAsync(blobs, new(projectId, Folder(kind), streamId, partition, FirstSeq, LastSeq), rows, cancellationToken);
    }

    public void Dispose()
    {
        foreach (var builder in builders.Values) spare.GiveBack(builder);
        texts.Dispose();
    }

    /// <summary>The item with texts that outlive its message.</summary>
    Item Kept(Item item)
    {
        item.Name = texts.Keep(item.Name.Span);
        item.DistinctId = texts.Keep(item.DistinctId.Span);
        item.OtherId = texts.Keep(item.OtherId.Span);
        item.DeviceId = texts.Keep(item.DeviceId.Span);
        item.UserId = texts.Keep(item.UserId.Span);
        item.InsertId = texts.Keep(item.InsertId.Span);
        item.SessionId = texts.Keep(item.SessionId.Span);
        item.Sdk = texts.Keep(item.Sdk.Span);
        item.Body = texts.Keep(item.Body.Span);
        item.Groups = texts.Keep(item.Groups.Span);
        return item;
    }

    RecentRowsBuilder Builder(string projectId, ItemKind kind)
    {
        if (last.Kind == kind && last.ProjectId == projectId) return last.Builder!;
        if (!builders.TryGetValue((projectId, kind), out var builder)) builders.Add((projectId, kind), builder = spare.Take(kind));
        last = (projectId, kind, builder);
        return builder;
    }

    static string Folder(ItemKind kind) => kind switch
    {
        ItemKind.Event => RowLayout.Events,
        ItemKind.ProfileUpdate => RowLayout.ProfileUpdates,
        ItemKind.LinkClaim => RowLayout.Identities,
        ItemKind.GroupUpdate => RowLayout.GroupUpdates,
    };
}
