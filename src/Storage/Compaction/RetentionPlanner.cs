namespace Cairn.Storage.Compaction;

/// <summary>Chooses the files that a project's retention removes: whole months, and dates of young files.</summary>
static class RetentionPlanner
{
    /// <summary>The files of which no row is young enough to keep.</summary>
    /// <param name="retention">How long events are kept, counted from their time; null for ever.</param>
    /// <remarks>A month that ends within the retention stays whole, so a row lives at most a month longer than it must.</remarks>
    public static IReadOnlyList<TableFile> Plan(IEnumerable<TableFile> files, TimeSpan? retention, DateTimeOffset now)
    {
        if (retention is not { } length || now - DateTimeOffset.MinValue < length) return [];
        var keptFrom = now - length;
        return [.. files
            .Where(file => new DateTimeOffset(file.EndsBefore.ToDateTime(default), TimeSpan.Zero) <= keptFrom)
            .OrderBy(file => file.Path, StringComparer.Ordinal)];
    }
}
