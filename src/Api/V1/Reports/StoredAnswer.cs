using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Query;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.V1.Reports;

/// <summary>Sends what the schedule has computed: the answer as it was, with <c>"aggregate": {"date": …, "computed_at": …}</c> behind it.</summary>
static class StoredAnswer
{
    /// <summary>The stored answer to a question that says <c>as_of</c>; null where there is none, CSV is wanted, or <c>?stored=false</c>.</summary>
    public static async Task<IResult?> FindAsync(this StoredAnswers stored, HttpRequest request, ReportKind kind, JsonElement body, ReportProject project, CancellationToken cancellationToken)
    {
        if (!body.TryGetProperty(DefinitionKey.AsOf, out var text) || !DateOnly.TryParseExact(text.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asOf)) return null;
        if (AnswerFormat.IsCsv(request) || !IsWanted(request)) return null;
        return await stored.FindAsync(project, DefinitionKey.Of(kind, body), asOf, cancellationToken) is { } day ? Of(day) : null;
    }

    /// <summary>Whether a stored answer will do.</summary>
    public static bool IsWanted(HttpRequest request) => request.Query["stored"] != "false";

    public static JsonAnswer Of(StoredDay day) => new(StatusCodes.Status200OK, json =>
    {
        using var answer = JsonDocument.Parse(day.Answer);
        json.WriteStartObject();
        foreach (var member in answer.RootElement.EnumerateObject()) member.WriteTo(json);
        json.WriteStartObject("aggregate");
        json.WriteString("date", LocalDate.FromDateOnly(day.Date).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture));
        json.WriteString("time_zone", day.TimeZone);
        json.WriteString("computed_at", CoverageHeaders.Iso(day.ComputedAt.ToUnixTimeMilliseconds()));
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
