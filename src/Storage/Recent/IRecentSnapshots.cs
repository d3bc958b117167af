namespace Cairn.Storage.Recent;

/// <summary>Opens the recent rows of a project and kind: over the store, or over files in memory in tests of what reads them.</summary>
public interface IRecentSnapshots
{
    /// <summary>All rows that are readable at the call, each once.</summary>
    /// <param name="kind">One of <see cref="RecentLayout"/>'s kinds.</param>
    ValueTask<RecentSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken);
}
