using System.Globalization;
using System.Security.Cryptography;
using Cairn.Storage;

namespace Cairn.Projects.Reports;

/// <summary>The reports of every project: table <c>reports</c>, a partition a project, a row a report.</summary>
public sealed class SavedReports(ITableStore tables, TimeProvider clock)
{
    const string Table = "reports";

    /// <summary>Reports of one project; lists hold them all.</summary>
    public const int MaxReports = 5_000;

    /// <summary>Ids to try before giving up: with all reports there may be, the first is taken once in 200,000 times.</summary>
    const int MaxIdAttempts = 5;

    /// <summary>Keeps a report; null where the project has as many as it may.</summary>
    public async Task<SavedReport?> CreateAsync(string projectId, string name, ReportKind kind, string definition, CancellationToken cancellationToken)
    {
        if ((await ListAsync(projectId, cancellationToken)).Count >= MaxReports) return null;
        for (var attempt = 0; attempt < MaxIdAttempts; attempt++)
        {
            var id = RandomNumberGenerator.GetInt32(100_000_000, 1_000_000_000).ToString(CultureInfo.InvariantCulture);
            var report = new SavedReport(id, name, kind, definition, clock.GetUtcNow());
            if (await tables.SubmitAsync(Table, projectId, [new TableChange(id, TableAction.Insert, ToValues(report))], cancellationToken) is not null) return report;
        }
        throw new InvalidOperationException($"{MaxIdAttempts} report ids in a row were taken.");
    }

    /// <summary>Null where there is none.</summary>
    public async Task<SavedReport?> FindAsync(string projectId, string id, CancellationToken cancellationToken) =>
        IsId(id) && await tables.FindAsync(Table, projectId, id, cancellationToken) is { } row ? ToReport(row) : null;

    /// <summary>All of a project, by their ids.</summary>
    public async Task<IReadOnlyList<SavedReport>> ListAsync(string projectId, CancellationToken cancellationToken)
    {
        var reports = new List<SavedReport>();
        await foreach (var row in tables.QueryAsync(Table, new TableRange(projectId), cancellationToken)) reports.Add(ToReport(row));
        return reports;
    }

    /// <summary>Whether there was one.</summary>
    public async Task<bool> DeleteAsync(string projectId, string id, CancellationToken cancellationToken) =>
        IsId(id) && await tables.FindAsync(Table, projectId, id, cancellationToken) is { } row
        && await tables.SubmitAsync(Table, projectId, [new TableChange(id, TableAction.Delete, new Dictionary<string, object>(), row.ETag)], cancellationToken) is not null;

    static bool IsId(string id) => id.Length == 9 && id.All(char.IsAsciiDigit);

    static Dictionary<string, object> ToValues(SavedReport report) => new()
    {
        ["name"] = report.Name,
        ["kind"] = (int)report.Kind,
        ["definition"] = report.Definition,
        ["createdAt"] = report.CreatedAt,
    };

    static SavedReport ToReport(TableRow row) => new(
        row.RowKey, (string)row.Values["name"], (ReportKind)(int)row.Values["kind"], (string)row.Values["definition"], (DateTimeOffset)row.Values["createdAt"]);
}
