using System.Globalization;
using System.Text;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Reports;

/// <summary>GET <c>/api/v1/reports/{reportId}/answer</c>: a saved funnel, retention report or cohort as of the last day that has closed, or <c>?as_of=2025-06-01</c>.</summary>
/// <remarks>From what the schedule has computed where that is good, else computed now; <c>?stored=false</c> always computes. Of a cohort: how many are in it.</remarks>
public sealed class ReportAnswerRoute(V1Door door, SavedReports reports, StoredAnswers stored, IReportAnswers answers)
{
    public Task<IResult> AskAsync(HttpRequest request, string reportId, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        if (await reports.FindAsync(project.Id, reportId, cancellationToken) is not { } report) return Problem.NotFound("There is no such report in this project.");
        var text = request.Query[DefinitionKey.AsOf].ToString();
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asOf))
        {
            if (text.Length > 0) return Problem.InvalidField(new FieldError(DefinitionKey.AsOf, $"'{text}' is no date.", "YYYY-MM-DD"));
            asOf = StoredAnswers.LastClosed(project, now);
        }
        if (asOf.Year is < 1970 or > 2999) return Problem.InvalidField(new FieldError(DefinitionKey.AsOf, "It lies too far away.", "a date from 1970 to 2999"));
        if (StoredAnswer.IsWanted(request) && await stored.FindAsync(project, report, asOf, cancellationToken) is { } day) return StoredAnswer.Of(day);
        var computed = await answers.AnswerAsync(report, project, asOf, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json => json.WriteRawValue(Encoding.UTF8.GetBytes(computed.Json)));
    });
}
