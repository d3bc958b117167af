using Cairn.Api.V1.Query;
using Cairn.Query.Definitions;
using Cairn.Query.Revenue;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Revenue;

/// <summary><c>POST /api/v1/query/revenue</c>.</summary>
public sealed class RevenueRoute(V1Door door, RevenueReport report)
{
    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync<RevenueDefinition, RevenueCell>(
        request,
        RevenueBody.Read,
        (definition, cell) => report.PeopleAsync(definition, cell, cancellationToken),
        async definition =>
        {
            var answer = await report.AnswerAsync(definition, cancellationToken);
            return ReportAnswer.Of(request, answer.Coverage, () => RevenueText.Csv(definition, answer), json => RevenueText.Write(json, definition, answer));
        });
}
