using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.LifetimeValue;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.LifetimeValue;

/// <summary><c>POST /api/v1/query/lifetime-value</c>.</summary>
public sealed class LifetimeValueRoute(V1Door door, LifetimeValueReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<LifetimeValueDefinition, LifetimeValueCell>(
        request,
        LifetimeValueBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => LifetimeValueText.Csv(definition, answer), json => LifetimeValueText.Write(json, definition, answer));
        });
}
