using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Stickiness;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/retention/addiction</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Frequency Report". Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class AddictionEndpoint(MixpanelDoor door, StickinessReport report)
{
    const string Overall = "$overall";

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var parameters = question.Parameters;
        var on = question.Breakdown("on");
        var unit = UnitOf(parameters);
        var definition = new StickinessDefinition
        {
            Project = question.Project,
            Now = question.Now,
            Range = question.RequiredDays(),
            Events = [parameters["event"] is { } name ? EventSelection.Named(name, question.Condition("where")) : EventSelection.Every("any event", question.Condition("where"))],
            Breakdowns = on is null ? [] : [new(on)],
            Unit = unit,
            Of = PartOf(parameters, unit),
            Limit = question.Limit(),
            Switches = Switches.Mixpanel,
        };
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, answer));
    }, cancellationToken);

    static TimeUnit UnitOf(MixpanelParameters parameters) => parameters["unit"] switch
    {
        null or "day" => TimeUnit.Day,
        "week" => TimeUnit.Week,
        "month" => TimeUnit.Month,
        var other => throw new MixpanelParameterException("unit", $"must be day, week or month, not {other}"),
    };

    static TimeUnit PartOf(MixpanelParameters parameters, TimeUnit unit) => (unit, parameters["addiction_unit"]) switch
    {
        (TimeUnit.Day, null or "hour") or (TimeUnit.Week, "hour") => TimeUnit.Hour,
        (TimeUnit.Week or TimeUnit.Month, null or "day") => TimeUnit.Day,
        var (_, other) => throw new MixpanelParameterException("addiction_unit", $"must be hour with the unit day, hour or day with week, day with month, not {other}"),
    };

    static void Write(Utf8JsonWriter json, StickinessDefinition definition, StickinessAnswer answer)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        for (var row = 0; row < answer.Overall.Rows.Count; row++)
        {
            var date = answer.Overall.Rows[row].Start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
            if (definition.Breakdowns.Count == 0)
            {
                Write(json, date, answer.Overall.Rows[row]);
                continue;
            }
            json.WriteStartObject(date);
            Write(json, Overall, answer.Overall.Rows[row]);
            foreach (var series in answer.Series) Write(json, series.Keys[0], series.Rows[row]);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, StickinessRow row)
    {
        json.WriteStartArray(name);
        foreach (var count in row.AtLeast) json.WriteNumberValue(count);
        json.WriteEndArray();
    }
}
