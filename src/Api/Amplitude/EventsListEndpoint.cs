using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/events/list</c>: every event type, with this week's totals.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Events list". A type not seen this week has 0.</remarks>
public sealed class EventsListEndpoint(AmplitudeDoor door, SegmentationReport report)
{
    /// <summary>How far back a type is known that was not seen since.</summary>
    const int KnownYears = 5;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var today = now.InZone(project.Zone).Date;
        var week = today.With(DateAdjusters.PreviousOrSame(Switches.Amplitude.FirstDayOfWeek));
        var definition = new SegmentationDefinition
        {
            Project = project,
            Now = now,
            Range = project.Days(today.PlusYears(-KnownYears), today),
            Unit = new(TimeUnit.Week),
            Events = [EventSelection.Every("all")],
            Breakdowns = [Breakdown.Of(PropertyScope.EventField, EventField.Name)],
            Limit = SegmentationDefinition.MaxLimit,
            Switches = Switches.Amplitude,
        };
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        var thisWeek = answer.Starts.ToList().IndexOf(week.AtMidnight());
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var series in answer.Series.OrderByDescending(series => series.Values[thisWeek])) WriteType(json, series.Keys[0], series.Values[thisWeek]);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }, cancellationToken);

    static void WriteType(Utf8JsonWriter json, string name, double totals)
    {
        json.WriteStartObject();
        json.WriteNumber("id", AmplitudeId.Of(name));
        foreach (var key in (ReadOnlySpan<string>)["name", "value", "display"]) json.WriteString(key, name);
        json.WriteNumber("totals", (long)totals);
        json.WriteNumber("totals_delta", 0);
        foreach (var key in (ReadOnlySpan<string>)["non_active", "deleted", "hidden", "flow_hidden", "in_waitroom"]) json.WriteBoolean(key, false);
        json.WriteNull("waitroom_approved");
        foreach (var key in (ReadOnlySpan<string>)["autohidden", "timeline_hidden"]) json.WriteBoolean(key, false);
        json.WriteEndObject();
    }
}
