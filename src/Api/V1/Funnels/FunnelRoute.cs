using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Api.V1.Reports;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Definitions;
using Cairn.Query.Funnels;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Funnels;

/// <summary><c>POST /api/v1/query/funnels</c>: a funnel's numbers, or with <c>people</c> who is behind one of them.</summary>
public sealed class FunnelRoute(V1Door door, FunnelReport report, StoredAnswers stored)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        var definition = FunnelBody.Read(body, project, now, errors);
        var people = FunnelPeopleBody.Read(body, definition?.Steps.Count ?? FunnelDefinition.MaxSteps, errors);
        if (definition is null || errors.Count > 0) return Problem.InvalidField(errors);
        if (people is null && await stored.FindAsync(request, ReportKind.Funnels, body, project, cancellationToken) is { } answer) return answer;
        return people is null ? await AnswerAsync(request, definition, cancellationToken) : await PeopleAsync(request, definition, people, cancellationToken);
    });

    async Task<IResult> AnswerAsync(HttpRequest request, FunnelDefinition definition, CancellationToken cancellationToken)
    {
        if (ExplainedReport.IsAsked(request)) return ExplainedReport.Of(await report.ExplainAsync(definition, cancellationToken));
        var answer = await report.AnswerAsync(definition, cancellationToken);
        if (!AnswerFormat.IsCsv(request)) return new JsonAnswer(StatusCodes.Status200OK, json => FunnelJson.Write(json, definition, answer));
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return FunnelCsv.Of(definition, answer);
    }

    async Task<IResult> PeopleAsync(HttpRequest request, FunnelDefinition definition, FunnelPeopleQuestion question, CancellationToken cancellationToken)
    {
        var found = await report.PeopleAsync(definition, question.Number, cancellationToken);
        if (AnswerFormat.IsCsv(request))
        {
            CoverageHeaders.Set(request.HttpContext.Response, found.Coverage);
            return FunnelCsv.OfPeople(found.People);
        }
        var (page, next) = PeopleCursor.Cut(found.People, question.After, question.Limit);
        return new JsonAnswer(StatusCodes.Status200OK, json => FunnelJson.WritePeople(json, found, page, next));
    }
}
