using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.V1.Funnels;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Funnels;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>/funnels</c> and <c>/funnels/list</c>: the funnels that are kept here, asked by their ids.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Query Saved Report: Funnels" and "List Saved Funnels". Shapes: docs/wire/mixpanel-query.md.</remarks>
public sealed class FunnelEndpoints(MixpanelDoor door, FunnelReport report, SavedReports saved)
{
    /// <summary>Values of <c>on</c>. Source: the same page, limit.</summary>
    const int DefaultLimit = 255;

    public Task<IResult> FunnelsAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var definition = Changed(question, question.Parameters["funnel_id"] is { } id ? await SavedAsync(question, id, cancellationToken) : AdHoc(question));
        var answer = await report.AnswerAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, answer.Coverage);
        return new JsonAnswer(StatusCodes.Status200OK, json => FunnelTable.Write(json, definition, answer));
    }, cancellationToken);

    public Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        var funnels = (await saved.ListAsync(question.Project.Id, cancellationToken)).Where(one => one.Kind == ReportKind.Funnels).OrderBy(one => one.CreatedAt).ToList();
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var funnel in funnels)
            {
                json.WriteStartObject();
                json.WriteNumber("funnel_id", long.Parse(funnel.Id, CultureInfo.InvariantCulture));
                json.WriteString("name", funnel.Name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }, cancellationToken);

    async Task<FunnelDefinition> SavedAsync(MixpanelQuestion question, string id, CancellationToken cancellationToken)
    {
        if (await saved.FindAsync(question.Project.Id, id, cancellationToken) is not { Kind: ReportKind.Funnels } found)
            throw new MixpanelParameterException("funnel_id", "names no funnel of this project; funnels/list tells which there are");
        var errors = new List<FieldError>();
        using var json = JsonDocument.Parse(found.Definition);
        return FunnelBody.Read(json.RootElement.Clone(), question.Project, question.Now, errors)
            ?? throw new MixpanelParameterException("funnel_id", $"names a funnel that can't be asked any more: {string.Join(' ', errors.Select(error => $"{error.Field}: {error.Detail}"))}");
    }

    /// <summary><c>events</c>, a JSON list of names or of objects with <c>event</c> and <c>selector</c>, instead of a saved funnel.</summary>
    static FunnelDefinition AdHoc(MixpanelQuestion question)
    {
        if (question.Parameters["events"] is not { } text) throw new MixpanelParameterException("funnel_id", "is required");
        return new()
        {
            Project = question.Project,
            Now = question.Now,
            Range = question.RequiredDays(),
            Steps = [.. Events(text).Select(FunnelStep.Of)],
            Switches = Switches.Mixpanel,
        };
    }

    static List<EventSelection> Events(string text)
    {
        const string problem = "must be a JSON list such as [{\"event\": \"Signed up\"}, {\"event\": \"Purchase\", \"selector\": \"…\"}]";
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Array || json.RootElement.GetArrayLength() == 0 || !JsonTexts.AreWhole(json.RootElement)) throw new MixpanelParameterException("events", problem);
            return [.. json.RootElement.EnumerateArray().Select(item => item.ValueKind switch
            {
                JsonValueKind.String => EventSelection.Named(item.GetString()!),
                JsonValueKind.Object when Text(item, "event") is { } name => EventSelection.Named(name, Text(item, "selector") is { Length: > 0 } selector ? MixpanelQuestion.Read("events", () => ExpressionParser.Parse(selector)) : null),
                _ => throw new MixpanelParameterException("events", problem),
            })];
        }
        catch (JsonException)
        {
            throw new MixpanelParameterException("events", problem);
        }
    }

    /// <summary>The funnel under the parameters that the request gives beside it.</summary>
    static FunnelDefinition Changed(MixpanelQuestion question, FunnelDefinition funnel)
    {
        var where = question.Condition("where");
        var on = question.Breakdown("on");
        return funnel with
        {
            Range = question.RequiredDays(),
            Window = Window(question.Parameters) ?? funnel.Window,
            Filter = where is null || funnel.Filter is null ? where ?? funnel.Filter : new Expression.Binary(BinaryOperator.And, funnel.Filter, where),
            Breakdowns = on is null ? funnel.Breakdowns : [new(on)],
            Unit = Unit(question),
            Limit = question.Limit(DefaultLimit),
            WithTimes = false,
        };
    }

    /// <summary><c>interval</c>, days of a bucket, or <c>unit</c>.</summary>
    static BucketSize Unit(MixpanelQuestion question) => question.Parameters["interval"] is not null
        ? new(TimeUnit.Day, question.Parameters.Whole("interval", 1, 366, 1))
        : new(question.Unit() is var unit and (TimeUnit.Day or TimeUnit.Week or TimeUnit.Month) ? unit : throw new MixpanelParameterException("unit", "must be day, week or month"));

    static ConversionWindow.Duration? Window(MixpanelParameters parameters)
    {
        if (parameters["length"] is null) return null;
        var unit = parameters["length_unit"] switch
        {
            null or "day" => TimeSpan.FromDays(1),
            "hour" => TimeSpan.FromHours(1),
            "minute" => TimeSpan.FromMinutes(1),
            "second" => TimeSpan.FromSeconds(1),
            var other => throw new MixpanelParameterException("length_unit", $"must be second, minute, hour or day, not {other}"),
        };
        return new(unit * parameters.Whole("length", 1, (int)(ConversionWindow.Longest / unit), 1));
    }

    static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
