using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Query;

/// <summary><c>?explain=1</c>: how a report would be answered, in the place of its answer.</summary>
static class ExplainedReport
{
    public static bool IsAsked(HttpRequest request) => request.Query["explain"] == "1";

    public static IResult Of(Explanation explanation) => V1Json.Ok(new { Explanation = explanation });
}
