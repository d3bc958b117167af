using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>What has arrived in a project: for who does something once about every message, whenever the lake takes it.</summary>
public interface IArrivals
{
    /// <summary>Up to which message the lake has the rows of each partition, by <see cref="StreamOf"/>.</summary>
    ValueTask<IReadOnlyDictionary<string, long>> PassedAsync(string projectId, string kind, CancellationToken cancellationToken);

    /// <summary>The recent files that are there, whether the lake has their rows or not; none of their rows is left out as a duplicate.</summary>
    /// <param name="isWanted">Which of them are opened.</param>
    /// <exception cref="RowFileGoneException">One was deleted since it was listed.</exception>
    IAsyncEnumerable<(RecentFileName Name, RowFile Rows)> ListAsync(string projectId, string kind, Func<RecentFileName, bool> isWanted, CancellationToken cancellationToken);

    /// <summary>How a partition of a stream is called.</summary>
    static string StreamOf(string streamId, int partition) => FormattableString.Invariant($"{streamId}/{partition}");
}
