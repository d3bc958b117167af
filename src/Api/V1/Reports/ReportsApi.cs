using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Reports;

/// <summary><c>/api/v1/reports</c>: keep a question, list, read, change and delete what is kept, and go back to what it was.</summary>
/// <remarks>For example <code>{"name": "Sign-up funnel", "report": "funnels", "definition": {"range": {"last_days": 30}, "steps": ["Sign Up", "Purchase"]}}</code></remarks>
public sealed class ReportsApi(V1Door door, SavedReports reports)
{
    const int DefaultLimit = 100, MaxLimit = 1000;

    /// <summary>POST.</summary>
    public Task<IResult> CreateAsync(HttpRequest request) => door.AskAsync(request, Role.Analyst, async (body, project, now, by) =>
    {
        var errors = new List<FieldError>();
        if (ReportBody.Read(body, project, now, by, errors) is not { } content) return Problem.InvalidField(errors);
        return Answer(await reports.CreateAsync(project.Id, content, by, request.HttpContext.RequestAborted), StatusCodes.Status201Created);
    });

    /// <summary>PUT <c>/{reportId}</c>: the whole report anew, with the <c>version</c> that it is put in the place of.</summary>
    public Task<IResult> ChangeAsync(HttpRequest request, string reportId) => door.AskAsync(request, Role.Analyst, async (body, project, now, by) =>
    {
        var errors = new List<FieldError>();
        var fields = new DefinitionFields(body, "", errors);
        var version = Version(fields, "the newest version, as GET told it");
        if (await reports.FindAsync(project.Id, reportId, request.HttpContext.RequestAborted) is not { } there) return None();
        var content = ReportBody.Read(fields, project, now, there.Content.Owner, errors);
        if (content is not null && content.Kind != there.Kind) fields.Fail("report", "A report stays of its kind.", ReportBody.WordOf(there.Kind));
        if (content is null || errors.Count > 0) return Problem.InvalidField(errors);
        return Answer(await reports.ChangeAsync(project.Id, reportId, version, content, by, request.HttpContext.RequestAborted), StatusCodes.Status200OK);
    });

    /// <summary>GET <c>/{reportId}/versions</c>: every version, the newest first; of a deleted report too.</summary>
    public Task<IResult> VersionsAsync(HttpRequest request, string reportId) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var versions = await reports.VersionsAsync(project.Id, reportId, request.HttpContext.RequestAborted);
        return versions.Count == 0 ? None() : new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("versions");
            foreach (var version in versions.Reverse()) Write(json, version);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    });

    /// <summary>POST <c>/{reportId}/restore</c>: an old <c>version</c> as the newest; brings a deleted report back.</summary>
    public Task<IResult> RestoreAsync(HttpRequest request, string reportId) => door.AskAsync(request, Role.Analyst, async (body, project, _, by) =>
    {
        var errors = new List<FieldError>();
        var fields = new DefinitionFields(body, "", errors);
        var version = Version(fields, "a version that /versions lists");
        fields.RefuseOthers();
        if (errors.Count > 0) return Problem.InvalidField(errors);
        return Answer(await reports.RestoreAsync(project.Id, reportId, version, by, request.HttpContext.RequestAborted), StatusCodes.Status200OK);
    });

    /// <summary>GET: by id, page by page: <c>?after=</c> the last id, <c>?limit=</c>.</summary>
    public Task<IResult> ListAsync(HttpRequest request) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var limit = DefaultLimit;
        if (request.Query["limit"].ToString() is { Length: > 0 } text && (!int.TryParse(text, out limit) || limit is < 1 or > MaxLimit))
            return Problem.InvalidField(new FieldError("limit", $"'{text}' is no number within bounds.", $"1 to {MaxLimit}"));
        var after = request.Query["after"].ToString();
        var left = (await reports.ListAsync(project.Id, request.HttpContext.RequestAborted)).Where(report => string.CompareOrdinal(report.Id, after) > 0).OrderBy(report => report.Id, StringComparer.Ordinal).ToList();
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("reports");
            foreach (var report in left.Take(limit)) Write(json, report);
            json.WriteEndArray();
            json.WriteString("next", left.Count > limit ? left[limit - 1].Id : null);
            json.WriteEndObject();
        });
    });

    /// <summary>GET <c>/{reportId}</c>.</summary>
    public Task<IResult> FindAsync(HttpRequest request, string reportId) => door.AskAsync(request, Role.Viewer, async (project, _) =>
        await reports.FindAsync(project.Id, reportId, request.HttpContext.RequestAborted) is { } report ? new JsonAnswer(StatusCodes.Status200OK, json => Write(json, report)) : None());

    /// <summary>DELETE <c>/{reportId}</c>.</summary>
    public Task<IResult> DeleteAsync(HttpRequest request, string reportId) => door.AskAsync(request, Role.Analyst, async (project, _) =>
        await reports.DeleteAsync(project.Id, reportId, request.HttpContext.RequestAborted) ? Results.NoContent() : None());

    static int Version(DefinitionFields fields, string valid)
    {
        if (fields.Any("version") is null) fields.Fail("version", "It is required.", valid);
        return fields.Whole("version", 1, 1, SavedReport.MaxVersions);
    }

    static IResult Answer(ReportChange change, int status) => change switch
    {
        ReportChange.Kept kept => new JsonAnswer(status, json => Write(json, kept.Report)),
        ReportChange.NotThere => None(),
        ReportChange.ChangedMeanwhile meanwhile => Problem.Conflict(
            $"It was changed meanwhile and is at version {meanwhile.Version}: look at that one, and send yours with its number.",
            new FieldError("version", "It is not the newest.", meanwhile.Version.ToString(CultureInfo.InvariantCulture))),
        ReportChange.Full full => Problem.Conflict(full.Detail),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change, "no change"),
    };

    static Problem None() => Problem.NotFound("There is no such report in this project.");

    static void Write(Utf8JsonWriter json, SavedReport report)
    {
        json.WriteStartObject();
        json.WriteString("id", report.Id);
        json.WriteString("name", report.Name);
        json.WriteString("report", ReportBody.WordOf(report.Kind));
        json.WriteString("description", report.Content.Description);
        json.WriteString("owner", report.Content.Owner);
        json.WriteString("schedule", ReportBody.WordOf(report.Content.Schedule));
        json.WriteNumber("version", report.Version);
        json.WriteString("created_at", CoverageHeaders.Iso(report.CreatedAt.ToUnixTimeMilliseconds()));
        json.WriteString("changed_at", CoverageHeaders.Iso(report.ChangedAt.ToUnixTimeMilliseconds()));
        json.WriteString("changed_by", report.ChangedBy);
        json.WritePropertyName("definition");
        json.WriteRawValue(report.Definition);
        json.WriteEndObject();
    }
}
