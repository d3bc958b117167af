using Cairn.Api.Problems;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Sessions;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Sessions;

/// <summary><c>POST /api/v1/query/sessions</c>: the report's numbers, or with <c>people</c> what is behind one of them.</summary>
public sealed class SessionsRoute(V1Door door, SessionsReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (body, project, now) =>
    {
        var errors = new List<FieldError>();
        var definition = SessionsBody.Read(body, project, now, errors);
        var people = SessionsPeopleBody.Read(body, errors);
        if (definition is null || errors.Count > 0) return Problem.InvalidField(errors);
        return people is null ? await AnswerAsync(request, definition, cancellationToken)
            : people.OfUsers ? await UsersAsync(request, definition, people, cancellationToken)
            : await SessionsAsync(request, definition, people, cancellationToken);
    });

    async Task<IResult> AnswerAsync(HttpRequest request, SessionsDefinition definition, CancellationToken cancellationToken)
    {
        var answer = await report.AnswerAsync(definition, cancellationToken);
        return ReportAnswer.Of(request, answer.Coverage, () => SessionsCsv.Of(definition, answer), json => SessionsJson.Write(json, definition, answer));
    }

    async Task<IResult> UsersAsync(HttpRequest request, SessionsDefinition definition, SessionsPeopleQuestion question, CancellationToken cancellationToken)
    {
        var (people, coverage) = await report.UsersAsync(definition, question.Number, cancellationToken);
        return ReportAnswer.Of(request, new PeoplePage(question.After, question.Limit), people, coverage);
    }

    async Task<IResult> SessionsAsync(HttpRequest request, SessionsDefinition definition, SessionsPeopleQuestion question, CancellationToken cancellationToken)
    {
        var (sessions, coverage) = await report.SessionsAsync(definition, question.Number, cancellationToken);
        var (page, next) = ListCursor<FoundSession>.Cut(sessions, question.After, question.Limit, FoundSession.Order);
        return ReportAnswer.Of(request, coverage, () => SessionsCsv.OfSessions(sessions), json => SessionsJson.WriteSessions(json, sessions.Count, page, next, coverage));
    }
}
