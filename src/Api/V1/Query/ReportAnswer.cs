using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Query;

/// <summary>A report's answer in the form that was asked for. Either form says what it covers: JSON in its body, CSV in headers.</summary>
static class ReportAnswer
{
    /// <param name="csv">The table as CSV.</param>
    /// <param name="json">Writes the answer as one object, its coverage included.</param>
    public static IResult Of(HttpRequest request, Coverage coverage, Func<string> csv, Action<Utf8JsonWriter> json)
    {
        if (!AnswerFormat.IsCsv(request)) return new JsonAnswer(StatusCodes.Status200OK, json);
        CoverageHeaders.Set(request.HttpContext.Response, coverage);
        return new TextAnswer("text/csv; charset=utf-8", csv());
    }

    /// <summary>The people behind a number: page by page as JSON, all of them as CSV.</summary>
    public static IResult Of(HttpRequest request, PeoplePage page, IReadOnlyList<string> people, Coverage coverage) =>
        Of(request, coverage, () => people.Aggregate(new Csv().Row("person"), (csv, person) => csv.Row(person)).ToString(), json => page.Write(json, people, coverage));
}
