using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.LifetimeValue;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/revenue/ltv</c>: what new users are worth so many days on.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Revenue lifetime value". Shapes: docs/wire/amplitude-query.md.</remarks>
public sealed class RevenueLtvEndpoint(AmplitudeDoor door, LifetimeValueReport report)
{
    /// <summary>Days since a user's first event at which a metric is told.</summary>
    static readonly int[] Ages = [1, 2, 3, 4, 5, 6, 7, 14, 30, 60, 90, 120, 180];

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var metric = MetricOf(request.Query["m"].ToString());
        var definition = Read(request.Query, project, now);
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        var series = definition.Breakdowns.Count == 0 ? answer.Overall : answer.Series;
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, series, metric));
    }, cancellationToken);

    static LifetimeValueDefinition Read(IQueryCollection query, ReportProject project, Instant now)
    {
        var segments = ChartParameters.Segments(query);
        return new()
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(query, project),
            Birth = [ChartJson.NewUser],
            Events = [EventSelection.Every("_all")],
            Compared = segments,
            Breakdowns = segments.Count > 1 ? [] : [.. ChartParameters.Groups(query, "g")],
            Unit = UnitOf(query["i"].ToString()),
            Ages = Ages,
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
    }

    static BucketSize UnitOf(string interval) => interval switch
    {
        "" or "1" => new(TimeUnit.Day),
        "7" => new(TimeUnit.Week),
        "30" => new(TimeUnit.Month),
        _ => throw new AmplitudeQueryException($"Invalid interval {interval}: 1, 7 or 30"),
    };

    static Func<LifetimeValueAge, double> MetricOf(string metric) => metric switch
    {
        "" or "0" => age => age.PerUser,
        "1" => age => age.PerPayer,
        "2" => age => age.Revenue,
        "3" => age => age.Paid,
        _ => throw new AmplitudeQueryException($"Invalid m {metric}: 0, 1, 2 or 3"),
    };

    static void Write(Utf8JsonWriter json, IReadOnlyList<LifetimeValueSeries> series, Func<LifetimeValueAge, double> metric)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteStartArray("seriesLabels");
        foreach (var one in series)
        {
            if (one.Keys.Count == 0) json.WriteNumberValue(one.ComparedIndex);
            else json.WriteStringValue(string.Join("; ", one.Keys));
        }
        json.WriteEndArray();
        json.WriteStartArray("seriesMeta");
        foreach (var one in series)
        {
            json.WriteStartObject();
            json.WriteNumber("segmentIndex", one.ComparedIndex);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (var one in series) Write(json, one, metric);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Dates newest first, as the vendor's charts name them: without the year, unless two dates would then be the same.</summary>
    static void Write(Utf8JsonWriter json, LifetimeValueSeries series, Func<LifetimeValueAge, double> metric)
    {
        var hasTwins = series.Rows.Select(row => NameOf(row, "MMM dd")).Distinct().Count() < series.Rows.Count;
        var pattern = hasTwins ? "MMM dd, uuuu" : "MMM dd";
        json.WriteStartObject();
        json.WriteStartArray("dates");
        foreach (var row in series.Rows.Reverse()) json.WriteStringValue(NameOf(row, pattern));
        json.WriteEndArray();
        json.WriteStartObject("values");
        foreach (var row in series.Rows)
        {
            json.WriteStartObject(NameOf(row, pattern));
            for (var age = 0; age < Ages.Length; age++) Write(json, $"r{Ages[age]}d", metric(row.Ages[age]));
            for (var age = 0; age < Ages.Length; age++) json.WriteNumber($"r{Ages[age]}new", row.Ages[age].NewlyPaid);
            json.WriteNumber("count", row.Size);
            json.WriteNumber("paid", row.Payers);
            Write(json, "total_amount", row.Revenue);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("complete");
        foreach (var row in series.Rows)
        {
            json.WriteStartObject(NameOf(row, pattern));
            for (var age = 0; age < Ages.Length; age++) json.WriteBoolean($"r{Ages[age]}d", age < row.Complete);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(ValueText.Number(number));
    }

    static string NameOf(LifetimeValueRow row, string pattern) => row.Start.ToString(pattern, CultureInfo.InvariantCulture);
}
