using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Retention;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/retention</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Retention Report". Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class RetentionEndpoints(MixpanelDoor door, RetentionReport report)
{
    /// <summary>Days of an interval. Source: the same page, interval.</summary>
    const int MaxInterval = 90;

    /// <summary>What the series of all is called beside those of values. Source: the reports' answers ("$overall").</summary>
    const string Overall = "$overall";

    public Task<IResult> RetentionAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var definition = Definition(question);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, answer));
    }, cancellationToken);

    static RetentionDefinition Definition(MixpanelQuestion question)
    {
        var parameters = question.Parameters;
        if (parameters["bookmark_id"] is not null) throw new MixpanelParameterException("bookmark_id", "is not answered here: describe the report by its parameters");
        var isRecurring = parameters["retention_type"] switch
        {
            null or "birth" => false,
            "compounded" => true,
            var other => throw new MixpanelParameterException("retention_type", $"must be birth or compounded, not {other}"),
        };
        var back = parameters["event"] is { } name ? EventSelection.Named(name, question.Condition("where")) : EventSelection.Every("any event", question.Condition("where"));
        var on = question.Breakdown("on");
        return new()
        {
            Project = question.Project,
            Now = question.Now,
            Range = question.RequiredDays(),
            // Recurring retention knows one event, which begins a row as well as it shows back.
            Birth = [isRecurring ? back : EventSelection.Named(parameters.Required("born_event"), question.Condition("born_where"))],
            Return = [back],
            Births = isRecurring ? Births.Recurring : Births.FirstInRange,
            Criterion = parameters.Flag("unbounded_retention") ? RetentionCriterion.OnOrAfter : RetentionCriterion.On,
            Unit = new(UnitOf(parameters), parameters.Whole("interval", 1, MaxInterval, 1)),
            Buckets = RetentionBucket.Each(parameters.Whole("interval_count", 0, RetentionDefinition.MaxBuckets - 1, 1)),
            Breakdowns = on is null ? [] : [new(on)],
            BreakdownAt = parameters["segment_method"] switch
            {
                null or "all" => BreakdownAt.Return,
                "first" => BreakdownAt.FirstReturn,
                var other => throw new MixpanelParameterException("segment_method", $"must be all or first, not {other}"),
            },
            Limit = question.Limit(),
            Switches = Switches.Mixpanel,
        };
    }

    static TimeUnit UnitOf(MixpanelParameters parameters) => parameters["unit"] switch
    {
        null or "day" => TimeUnit.Day,
        "week" => TimeUnit.Week,
        "month" => TimeUnit.Month,
        var other => throw new MixpanelParameterException("unit", $"must be day, week or month, not {other}"),
    };

    static void Write(Utf8JsonWriter json, RetentionDefinition definition, RetentionAnswer answer)
    {
        json.WriteStartObject();
        for (var row = 0; row < answer.Overall[0].Rows.Count; row++)
        {
            json.WritePropertyName(Date(answer.Overall[0].Rows[row].Start));
            if (definition.Breakdowns.Count == 0)
            {
                Write(json, answer.Overall[0].Rows[row]);
                continue;
            }
            json.WriteStartObject();
            json.WritePropertyName(Overall);
            Write(json, answer.Overall[0].Rows[row]);
            foreach (var series in answer.Series)
            {
                json.WritePropertyName(series.Keys[0]);
                Write(json, series.Rows[row]);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>One row; what has not begun is left out, and <c>counts</c> comes before <c>first</c>, for one client reads them by place.</summary>
    static void Write(Utf8JsonWriter json, RetentionRow row)
    {
        json.WriteStartObject();
        json.WriteStartArray("counts");
        foreach (var count in row.Counts.Take(row.Begun)) json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteNumber("first", row.Size);
        json.WriteEndObject();
    }

    static string Date(LocalDateTime start) => start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
}
