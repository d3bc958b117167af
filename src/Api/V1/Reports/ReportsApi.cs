using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Reports;

/// <summary><c>/api/v1/reports</c>: keep a question, list, read and delete what is kept.</summary>
/// <remarks>For example <code>{"name": "Sign-up funnel", "report": "funnels", "definition": {"range": {"last_days": 30}, "steps": ["Sign Up", "Purchase"]}}</code></remarks>
public sealed class ReportsApi(V1Door door, SavedReports reports)
{
    const int DefaultLimit = 100, MaxLimit = 1000;

    /// <summary>POST.</summary>
    public Task<IResult> CreateAsync(HttpRequest request) => door.AskAsync(request, Role.Analyst, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        if (ReportBody.Read(body, project, now, errors) is not { } question) return Problem.InvalidField(errors);
        var report = await reports.CreateAsync(project.Id, question.Name, question.Kind, question.Definition, request.HttpContext.RequestAborted);
        return report is null
            ? Problem.Conflict($"This project keeps {SavedReports.MaxReports} reports, which is as many as there may be: delete some first.")
            : new JsonAnswer(StatusCodes.Status201Created, json => Write(json, report));
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

    static Problem None() => Problem.NotFound("There is no such report in this project.");

    static void Write(Utf8JsonWriter json, SavedReport report)
    {
        json.WriteStartObject();
        json.WriteString("id", report.Id);
        json.WriteString("name", report.Name);
        json.WriteString("report", ReportBody.WordOf(report.Kind));
        json.WriteString("created_at", CoverageHeaders.Iso(report.CreatedAt.ToUnixTimeMilliseconds()));
        json.WritePropertyName("definition");
        json.WriteRawValue(report.Definition);
        json.WriteEndObject();
    }
}
