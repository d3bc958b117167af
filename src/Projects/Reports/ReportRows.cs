using System.Globalization;
using Cairn.Storage;

namespace Cairn.Projects.Reports;

/// <summary>How a report stands in the table <c>reports</c>: a row of its own under its id, and a row a version under <c>v{id}-{version}</c> in the same partition.</summary>
/// <remarks>Versions sort after all ids, for letters come after digits; so a list of ids passes over none of them, and one transaction changes both.</remarks>
static class ReportRows
{
    /// <summary>Ends the row keys of reports: the character after the digits.</summary>
    public const string EndOfIds = ":";

    public static bool IsId(string id) => id.Length == 9 && id.All(char.IsAsciiDigit);

    public static string VersionKey(string id, int version) => string.Create(CultureInfo.InvariantCulture, $"v{id}-{version:D6}");

    /// <summary>All versions of a report.</summary>
    public static TableRange VersionsOf(string projectId, string id) => new(projectId, $"v{id}-", $"v{id}.");

    public static Dictionary<string, object> ToValues(SavedReport report) => new()
    {
        ["name"] = report.Content.Name,
        ["kind"] = (int)report.Content.Kind,
        ["definition"] = report.Content.Definition,
        ["description"] = report.Content.Description,
        ["owner"] = report.Content.Owner,
        ["schedule"] = (int)report.Content.Schedule,
        ["version"] = report.Version,
        ["createdAt"] = report.CreatedAt,
        ["changedAt"] = report.ChangedAt,
        ["changedBy"] = report.ChangedBy,
    };

    /// <summary>Rows from before reports had versions lack what came with them.</summary>
    public static SavedReport ToReport(TableRow row)
    {
        var values = row.Values;
        var createdAt = (DateTimeOffset)values["createdAt"];
        var id = row.RowKey[0] == 'v' ? row.RowKey[1..10] : row.RowKey;
        return new(
            id,
            (int)values.GetValueOrDefault("version", 1),
            new(
                (string)values["name"],
                (ReportKind)(int)values["kind"],
                (string)values["definition"],
                (string)values.GetValueOrDefault("description", ""),
                (string)values.GetValueOrDefault("owner", ""),
                (ReportSchedule)(int)values.GetValueOrDefault("schedule", (int)ReportSchedule.Daily)),
            createdAt,
            (DateTimeOffset)values.GetValueOrDefault("changedAt", createdAt),
            (string)values.GetValueOrDefault("changedBy", ""));
    }
}
