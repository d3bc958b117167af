using System.Globalization;
using System.Security.Cryptography;
using Cairn.Storage;

namespace Cairn.Projects.Reports;

/// <summary>The reports of every project: table <c>reports</c>, a partition a project, a row a report and a row a version.</summary>
/// <remarks>Versions stay, those of deleted reports too: any of them can be made the report's newest again.</remarks>
public sealed class SavedReports(ITableStore tables, TimeProvider clock)
{
    const string Table = "reports";

    /// <summary>Reports of one project; lists hold them all.</summary>
    public const int MaxReports = 5_000;

    /// <summary>Ids to try before giving up: with all reports there may be, the first is taken once in 200,000 times.</summary>
    const int MaxIdAttempts = 5;

    /// <summary>Keeps a report.</summary>
    public async Task<ReportChange> CreateAsync(string projectId, ReportContent content, string by, CancellationToken cancellationToken)
    {
        if ((await ListAsync(projectId, cancellationToken)).Count >= MaxReports) return TooMany;
        for (var attempt = 0; attempt < MaxIdAttempts; attempt++)
        {
            var id = RandomNumberGenerator.GetInt32(100_000_000, 1_000_000_000).ToString(CultureInfo.InvariantCulture);
            var now = clock.GetUtcNow();
            var report = new SavedReport(id, 1, content, now, now, by);
            // The version is inserted too, so an id whose deleted report has left versions is no free one.
            if (await SubmitAsync(projectId, Insert(id, report), Insert(ReportRows.VersionKey(id, 1), report), cancellationToken)) return new ReportChange.Kept(report);
        }
        throw new InvalidOperationException($"{MaxIdAttempts} report ids in a row were taken.");
    }

    /// <summary>Puts something else in the place of a version that the caller has seen.</summary>
    /// <param name="version">The newest version as the caller knows it.</param>
    public async Task<ReportChange> ChangeAsync(string projectId, string id, int version, ReportContent content, string by, CancellationToken cancellationToken)
    {
        if (await RowAsync(projectId, id, cancellationToken) is not { } row) return new ReportChange.NotThere();
        var there = ReportRows.ToReport(row);
        if (there.Version != version) return new ReportChange.ChangedMeanwhile(there.Version);
        if (version >= SavedReport.MaxVersions) return new ReportChange.Full($"This report has {SavedReport.MaxVersions} versions, which is as many as there may be: keep it as a new one.");
        var next = new SavedReport(id, version + 1, content, there.CreatedAt, clock.GetUtcNow(), by);
        var changes = new List<TableChange> { new(id, TableAction.Replace, ReportRows.ToValues(next), row.ETag), Insert(ReportRows.VersionKey(id, next.Version), next) };
        // A report from before there were versions has no row of its first.
        if (version == 1 && await FindVersionRowAsync(projectId, id, 1, cancellationToken) is null) changes.Add(Insert(ReportRows.VersionKey(id, 1), there));
        if (await tables.SubmitAsync(Table, projectId, changes, cancellationToken) is not null) return new ReportChange.Kept(next);
        return await FindAsync(projectId, id, cancellationToken) is { } now ? new ReportChange.ChangedMeanwhile(now.Version) : new ReportChange.NotThere();
    }

    /// <summary>Makes an old version the newest, as a version of its own; a deleted report is there again.</summary>
    public async Task<ReportChange> RestoreAsync(string projectId, string id, int version, string by, CancellationToken cancellationToken)
    {
        if (await FindVersionAsync(projectId, id, version, cancellationToken) is not { } old) return new ReportChange.NotThere();
        if (await FindAsync(projectId, id, cancellationToken) is { } there) return await ChangeAsync(projectId, id, there.Version, old.Content, by, cancellationToken);
        if ((await ListAsync(projectId, cancellationToken)).Count >= MaxReports) return TooMany;
        var last = (await VersionsAsync(projectId, id, cancellationToken))[^1].Version;
        var restored = new SavedReport(id, last + 1, old.Content, old.CreatedAt, clock.GetUtcNow(), by);
        return await SubmitAsync(projectId, Insert(id, restored), Insert(ReportRows.VersionKey(id, restored.Version), restored), cancellationToken)
            ? new ReportChange.Kept(restored)
            : new ReportChange.ChangedMeanwhile(restored.Version);
    }

    /// <summary>Null where there is none.</summary>
    public async Task<SavedReport?> FindAsync(string projectId, string id, CancellationToken cancellationToken) =>
        await RowAsync(projectId, id, cancellationToken) is { } row ? ReportRows.ToReport(row) : null;

    /// <summary>One version, whether or not it is the newest, or of a report that was deleted; null where there is none.</summary>
    public async Task<SavedReport?> FindVersionAsync(string projectId, string id, int version, CancellationToken cancellationToken) =>
        await FindVersionRowAsync(projectId, id, version, cancellationToken) is { } row ? ReportRows.ToReport(row)
        : await FindAsync(projectId, id, cancellationToken) is { } there && there.Version == version ? there
        : null;

    /// <summary>All versions of a report, the oldest first; empty where there never was one.</summary>
    public async Task<IReadOnlyList<SavedReport>> VersionsAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        if (!ReportRows.IsId(id)) return [];
        var versions = new List<SavedReport>();
        await foreach (var row in tables.QueryAsync(Table, ReportRows.VersionsOf(projectId, id), cancellationToken)) versions.Add(ReportRows.ToReport(row));
        return versions.Count == 0 && await FindAsync(projectId, id, cancellationToken) is { } there ? [there] : versions;
    }

    /// <summary>All of a project, by their ids.</summary>
    public async Task<IReadOnlyList<SavedReport>> ListAsync(string projectId, CancellationToken cancellationToken)
    {
        var reports = new List<SavedReport>();
        await foreach (var row in tables.QueryAsync(Table, new TableRange(projectId, null, ReportRows.EndOfIds), cancellationToken)) reports.Add(ReportRows.ToReport(row));
        return reports;
    }

    /// <summary>Whether there was one. Its versions stay.</summary>
    public async Task<bool> DeleteAsync(string projectId, string id, CancellationToken cancellationToken)
    {
        while (await RowAsync(projectId, id, cancellationToken) is { } row)
        {
            var changes = new List<TableChange> { new(id, TableAction.Delete, new Dictionary<string, object>(), row.ETag) };
            if (await FindVersionRowAsync(projectId, id, ReportRows.ToReport(row).Version, cancellationToken) is null)
                changes.Add(Insert(ReportRows.VersionKey(id, ReportRows.ToReport(row).Version), ReportRows.ToReport(row)));
            if (await tables.SubmitAsync(Table, projectId, changes, cancellationToken) is not null) return true;
        }
        return false;
    }

    static ReportChange.Full TooMany => new($"This project keeps {MaxReports} reports, which is as many as there may be: delete some first.");

    static TableChange Insert(string rowKey, SavedReport report) => new(rowKey, TableAction.Insert, ReportRows.ToValues(report));

    async Task<bool> SubmitAsync(string projectId, TableChange one, TableChange other, CancellationToken cancellationToken) =>
        await tables.SubmitAsync(Table, projectId, [one, other], cancellationToken) is not null;

    Task<TableRow?> RowAsync(string projectId, string id, CancellationToken cancellationToken) =>
        ReportRows.IsId(id) ? tables.FindAsync(Table, projectId, id, cancellationToken) : Task.FromResult<TableRow?>(null);

    Task<TableRow?> FindVersionRowAsync(string projectId, string id, int version, CancellationToken cancellationToken) =>
        ReportRows.IsId(id) && version is > 0 and <= SavedReport.MaxVersions
            ? tables.FindAsync(Table, projectId, ReportRows.VersionKey(id, version), cancellationToken)
            : Task.FromResult<TableRow?>(null);
}
