using Cairn.Ingestion.Consumer;
using Cairn.Ingestion.Streaming;
using Cairn.Storage;
using Cairn.Storage.Erasure;

namespace Cairn.Ingestion.Erasure;

/// <summary>Messages that wait outside the stream, in the spool and among the dead letters: takes erased items out of them.</summary>
/// <remarks>A file is written anew under another name before the old one goes; its items keep their ids, so those that are there twice count once.</remarks>
public sealed class HeldMessages(IBlobStore blobs, DeadLetters deadLetters)
{
    /// <summary>Spool blobs without erased items.</summary>
    public async Task<RemovedRows> EraseFromSpoolAsync(string projectId, ErasedItems erased, CancellationToken cancellationToken)
    {
        var (items, files, decoder) = (0L, 0, new MessageDecoder());
        foreach (var name in await NamesAsync(Spool.Folder, cancellationToken))
        {
            if (await blobs.ReadAsync(name, cancellationToken) is not { } blob || TryDecode(blob.Bytes) is not { } spooled) continue;
            var (left, gone) = (new List<ReadOnlyMemory<byte>>(), 0);
            foreach (var message in spooled.Messages) gone += Without(decoder, message, projectId, erased, left);
            if (gone == 0) continue;
            if (left.Count > 0) await blobs.PutAsync($"{name[..name.LastIndexOf('-')]}-{Guid.NewGuid():n}.messages", SpoolFile.Encode(spooled.Partition, left), PutCondition.IfAbsent, cancellationToken);
            await blobs.DeleteAsync(name, cancellationToken);
            (items, files) = (items + gone, files + 1);
        }
        return new("spool", items, files, null, null);
    }

    /// <summary>Dead letters without erased items.</summary>
    /// <returns>What went; and the letters that hold one of the ids and can't be taken apart, for a person to judge.</returns>
    public async Task<(RemovedRows Removed, IReadOnlyList<string> Unreadable)> EraseFromDeadLettersAsync(string projectId, ErasedItems erased, IdPatterns ids, CancellationToken cancellationToken)
    {
        var (items, files, decoder, unreadable) = (0L, 0, new MessageDecoder(), new List<string>());
        foreach (var name in await NamesAsync(DeadLetters.Folder, cancellationToken))
        {
            if (await deadLetters.ReadAsync(name, cancellationToken) is not { } letter) continue;
            var (left, gone) = (new List<ReadOnlyMemory<byte>>(), 0);
            try
            {
                gone = Without(decoder, letter.Bytes, projectId, erased, left);
            }
            catch (MessageFormatException)
            {
                if (ids.IsIn(letter.Bytes.Span)) unreadable.Add(name);
                continue;
            }
            if (gone == 0) continue;
            for (var i = 0; i < left.Count; i++) await deadLetters.StoreAsync(letter.Letter with { Source = $"{letter.Letter.Source}-left-{i}" }, left[i], cancellationToken);
            await blobs.DeleteAsync(name, cancellationToken);
            (items, files) = (items + gone, files + 1);
        }
        return (new("dead-letter", items, files, null, null), unreadable);
    }

    async Task<List<string>> NamesAsync(string folder, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var entry in blobs.ListAsync(folder, after: null, cancellationToken)) names.Add(entry.Name);
        return names;
    }

    /// <summary>A message as it is where nothing of it is erased, else its other items each as a message of its own.</summary>
    /// <returns>Items that are erased.</returns>
    static int Without(MessageDecoder decoder, ReadOnlyMemory<byte> message, string projectId, ErasedItems erased, List<ReadOnlyMemory<byte>> left)
    {
        decoder.Decode(message);
        var (gone, others) = (0, new List<ReadOnlyMemory<byte>>());
        for (var i = 0; i < decoder.Items.Length; i++)
        {
            if (decoder.ProjectIds[i] == projectId && erased.Covers(decoder.Items[i])) gone++;
            else others.Add(ContentWriter.Alone(decoder.ProjectIds[i], decoder.Items[i]));
        }
        if (gone == 0) left.Add(message);
        else left.AddRange(others);
        return gone;
    }

    /// <summary>Null for one that is damaged: its replay makes a dead letter of it.</summary>
    static (int Partition, IReadOnlyList<ReadOnlyMemory<byte>> Messages)? TryDecode(ReadOnlyMemory<byte> blob)
    {
        try
        {
            return SpoolFile.Decode(blob);
        }
        catch (MessageFormatException)
        {
            return null;
        }
    }
}
