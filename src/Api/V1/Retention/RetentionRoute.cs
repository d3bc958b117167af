using Cairn.Api.V1.Query;
using Cairn.Api.V1.Reports;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Definitions;
using Cairn.Query.Retention;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Retention;

/// <summary><c>POST /api/v1/query/retention</c>.</summary>
public sealed class RetentionRoute(V1Door door, RetentionReport report, StoredAnswers stored)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<RetentionDefinition, RetentionCell>(
        request,
        RetentionBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            if (ExplainedReport.IsAsked(request)) return ExplainedReport.Of(await report.ExplainAsync(definition, cancellationToken));
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => RetentionText.Csv(definition, answer), json => RetentionText.Write(json, definition, answer));
        },
        (body, project) => stored.FindAsync(request, ReportKind.Retention, body, project, cancellationToken));
}
