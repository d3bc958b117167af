using System.Runtime.CompilerServices;
using Cairn.Ingestion.Streaming;
using Cairn.Storage;

namespace Cairn.Ingestion.Consumer;

/// <summary>What could not be used, kept with its reason under <c>dead-letter/</c> until somebody looks, and replays or drops it.</summary>
public sealed class DeadLetters(IBlobStore blobs)
{
    public const string Folder = "dead-letter/";

    /// <summary>Keeps some bytes; found again after a redelivery, they are kept once.</summary>
    public async Task StoreAsync(DeadLetter letter, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await blobs.PutAsync(Folder + letter.Source, DeadLetterFile.Encode(letter, bytes.Span), PutCondition.IfAbsent, cancellationToken);

    /// <summary>All letters by name, without their bytes.</summary>
    public async IAsyncEnumerable<StoredDeadLetter> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in blobs.ListAsync(Folder, after: null, cancellationToken))
            if (await ReadAsync(entry.Name, cancellationToken) is { } letter) yield return letter with { Bytes = default };
    }

    /// <summary>One letter with its bytes; null where there is none of this name.</summary>
    public async Task<StoredDeadLetter?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.StartsWith(Folder, StringComparison.Ordinal)) return null;
        if (await blobs.ReadAsync(name, cancellationToken) is not { } blob) return null;
        var (letter, bytes) = DeadLetterFile.Decode(name, blob.Bytes);
        return new(name, letter, bytes.Length, bytes);
    }

    /// <summary>Sends a letter's bytes through the stream again, as a new message, and drops the letter; worth it once the reader of messages was mended.</summary>
    /// <returns>False where there is none of this name.</returns>
    /// <exception cref="StreamUnavailableException">The letter stays.</exception>
    public async Task<bool> ReplayAsync(string name, IEventStream stream, CancellationToken cancellationToken)
    {
        if (await ReadAsync(name, cancellationToken) is not { } letter) return false;
        if (letter.Letter.Source.StartsWith(Spool.Folder, StringComparison.Ordinal))
            // A spool blob goes back to where it came from; its replay sends it.
            await blobs.PutAsync(letter.Letter.Source, letter.Bytes, PutCondition.IfAbsent, cancellationToken);
        else await stream.SendAsync(0, [letter.Bytes], cancellationToken);
        await blobs.DeleteAsync(name, cancellationToken);
        return true;
    }

    /// <summary>Drops a letter; false where there is none.</summary>
    public async Task<bool> DropAsync(string name, CancellationToken cancellationToken) =>
        name.StartsWith(Folder, StringComparison.Ordinal) && await blobs.DeleteAsync(name, cancellationToken);
}

/// <summary>A letter as it is kept.</summary>
/// <param name="Name">The blob's name.</param>
/// <param name="ByteCount">Of the bytes that could not be used.</param>
/// <param name="Bytes">Those bytes; empty in a listing.</param>
public sealed record StoredDeadLetter(string Name, DeadLetter Letter, int ByteCount, ReadOnlyMemory<byte> Bytes);
