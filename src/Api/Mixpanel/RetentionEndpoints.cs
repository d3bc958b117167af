using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Retention;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Retention;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/retention</c>.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Retention Report". Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class RetentionEndpoints(MixpanelDoor door, RetentionReport report, SavedReports saved)
{
    /// <summary>Days of an interval. Source: the same page, interval.</summary>
    const int MaxInterval = 90;

    /// <summary>What the series of all is called beside those of values. Source: the reports' answers ("$overall").</summary>
    const string Overall = "$overall", Average = "$average";

    public Task<IResult> RetentionAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var isSaved = question.Parameters["bookmark_id"] is not null;
        var definition = isSaved ? await SavedAsync(question, cancellationToken) : Definition(question);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, definition, answer, isSaved));
    }, cancellationToken);

    /// <summary>A retention that is kept among the reports; with dates of the question's own, asked over these.</summary>
    async Task<RetentionDefinition> SavedAsync(MixpanelQuestion question, CancellationToken cancellationToken)
    {
        if (await saved.FindAsync(question.Project.Id, question.Parameters["bookmark_id"]!, cancellationToken) is not { Kind: ReportKind.Retention } found)
            throw new MixpanelParameterException("bookmark_id", "names no retention of this project");
        var errors = new List<FieldError>();
        using var json = JsonDocument.Parse(found.Definition);
        var definition = RetentionBody.Read(json.RootElement, question.Project, question.Now, errors, out _)
            ?? throw new MixpanelParameterException("bookmark_id", $"names a retention that can't be asked any more: {string.Join(' ', errors.Select(error => $"{error.Field}: {error.Detail}"))}");
        return question.Parameters["from_date"] is null && question.Parameters["to_date"] is null ? definition : definition with { Range = question.RequiredDays() };
    }

    static RetentionDefinition Definition(MixpanelQuestion question)
    {
        var parameters = question.Parameters;
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

    /// <param name="isSaved">A saved report's rows have rates, and an average stands beside them.</param>
    static void Write(Utf8JsonWriter json, RetentionDefinition definition, RetentionAnswer answer, bool isSaved)
    {
        json.WriteStartObject();
        for (var row = 0; row < answer.Overall[0].Rows.Count; row++)
            WriteLevel(json, Date(answer.Overall[0].Rows[row].Start), definition, answer, series => WriteRow(json, series.Rows[row], isSaved));
        if (isSaved) WriteLevel(json, Average, definition, answer, series => WriteAverage(json, series));
        json.WriteEndObject();
    }

    /// <summary>What is written of the series of all; with a breakdown of it and of each value's series.</summary>
    static void WriteLevel(Utf8JsonWriter json, string name, RetentionDefinition definition, RetentionAnswer answer, Action<RetentionSeries> write)
    {
        json.WritePropertyName(name);
        if (definition.Breakdowns.Count == 0)
        {
            write(answer.Overall[0]);
            return;
        }
        json.WriteStartObject();
        json.WritePropertyName(Overall);
        write(answer.Overall[0]);
        foreach (var series in answer.Series)
        {
            json.WritePropertyName(string.Join(", ", series.Keys));
            write(series);
        }
        json.WriteEndObject();
    }

    /// <summary>One row; what has not begun is left out, and <c>counts</c> comes before <c>first</c>, for one client reads them by place.</summary>
    static void WriteRow(Utf8JsonWriter json, RetentionRow row, bool withRates)
    {
        json.WriteStartObject();
        json.WriteStartArray("counts");
        foreach (var count in row.Counts.Take(row.Begun)) json.WriteNumberValue(count);
        json.WriteEndArray();
        json.WriteNumber("first", row.Size);
        if (withRates) WriteNumbers(json, "rates", row.Counts.Take(row.Begun).Select(count => row.Size == 0 ? 0 : (double)count / row.Size));
        json.WriteEndObject();
    }

    /// <summary>The complete buckets of all rows as one.</summary>
    static void WriteAverage(Utf8JsonWriter json, RetentionSeries series)
    {
        var complete = series.Average.TakeWhile((_, bucket) => series.Rows.Any(row => bucket < row.Complete)).ToArray();
        json.WriteStartObject();
        WriteNumbers(json, "counts", complete.Select(bucket => bucket.Count));
        json.WritePropertyName("first");
        json.WriteRawValue(ValueText.Number(complete.Length == 0 ? 0 : complete[0].Size));
        WriteNumbers(json, "rates", complete.Select(bucket => bucket.Rate));
        json.WriteEndObject();
    }

    static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<double> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteRawValue(ValueText.Number(number));
        json.WriteEndArray();
    }

    static string Date(LocalDateTime start) => start.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);
}
