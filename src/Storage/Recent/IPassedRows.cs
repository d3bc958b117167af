using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>What the lake has of a table: recent rows up to its places stand there, and so may first copies of those after them.</summary>
interface IPassedRows
{
    /// <summary>The last message of a stream's partition that the lake has; <see cref="long.MinValue"/> where it has none.</summary>
    long PlaceOf(string streamId, int partition);

    /// <summary>Looks up which of a recent file's rows have a copy in the lake.</summary>
    /// <param name="since">What was asked last of this file: only what came into the lake since then is looked at; null for everything.</param>
    ValueTask<IReadOnlyList<PassedCopy>> FindCopiesAsync(KnownFile file, IPassedRows? since, CancellationToken cancellationToken);
}

/// <summary>A row of the lake with the key of a recent one.</summary>
readonly record struct PassedCopy(DuplicateKey Key, long ReceivedAtMs);

/// <summary>Nothing is in the lake.</summary>
sealed class NothingPassed : IPassedRows
{
    public static readonly NothingPassed Instance = new();

    public long PlaceOf(string streamId, int partition) => long.MinValue;

    public ValueTask<IReadOnlyList<PassedCopy>> FindCopiesAsync(KnownFile file, IPassedRows? since, CancellationToken cancellationToken) => new([]);
}
