namespace Cairn.Storage.Rows;

/// <summary>Opens the recent rows of a project and kind: over the store, or over files in memory in tests of what reads them.</summary>
public interface IRowSnapshots
{
    /// <summary>All rows that are readable at the call, each once.</summary>
    /// <param name="kind">One of <see cref="RowLayout"/>'s kinds.</param>
    ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken);
}
