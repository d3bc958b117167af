using System.Text.Json;
using Cairn.Api.V1.Cohorts;
using Cairn.Api.V1.Composition;
using Cairn.Api.V1.Flows;
using Cairn.Api.V1.Funnels;
using Cairn.Api.V1.Lifecycle;
using Cairn.Api.V1.LifetimeValue;
using Cairn.Api.V1.Retention;
using Cairn.Api.V1.Revenue;
using Cairn.Api.V1.Segmentation;
using Cairn.Api.V1.Sessions;
using Cairn.Api.V1.Stickiness;
using Cairn.Projects;
using Cairn.Projects.Reports;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Reports;

/// <summary>Reads a report that is to be kept: its question must be one that can be asked now.</summary>
static class ReportBody
{
    static readonly (string Word, ReportKind Kind)[] Kinds = [.. Enum.GetValues<ReportKind>().Select(kind => (WordOf(kind), kind))];

    static readonly (string Word, ReportSchedule Schedule)[] Schedules = [.. Enum.GetValues<ReportSchedule>().Select(schedule => (WordOf(schedule), schedule))];

    /// <param name="by">Who sends it; the owner where the body names none.</param>
    public static ReportContent? Read(JsonElement body, ReportProject project, Instant now, string by, List<FieldError> errors) => Read(new DefinitionFields(body, "", errors), project, now, by, errors);

    /// <summary>The same out of an object of which the caller has read other fields.</summary>
    public static ReportContent? Read(DefinitionFields fields, ReportProject project, Instant now, string by, List<FieldError> errors)
    {
        var name = fields.Text("name", "a text");
        if (string.IsNullOrWhiteSpace(name) || name.Length > SavedReport.MaxNameLength) fields.Fail("name", "It must say something.", $"a text of 1 to {SavedReport.MaxNameLength} characters");
        var kind = fields.Choice("report", default, Kinds);
        if (fields.Any("report") is null) fields.Fail("report", "It is required.", string.Join(", ", Kinds.Select(known => known.Word)));
        var definition = fields.Any("definition");
        if (definition is not { ValueKind: JsonValueKind.Object }) fields.Fail("definition", "It must be an object.", "the question as POST /api/v1/query/{report} takes it");
        else if (kind != default) Check(kind, definition.Value, project, now, errors);
        var description = Text(fields, "description", SavedReport.MaxDescriptionLength) ?? "";
        var owner = Text(fields, "owner", SavedReport.MaxOwnerLength) ?? by;
        var schedule = fields.Choice("schedule", ReportSchedule.Daily, Schedules);
        fields.RefuseOthers();
        if (errors.Count > 0) return null;
        var text = JsonSerializer.Serialize(definition!.Value);
        if (text.Length <= SavedReport.MaxDefinitionLength) return new(name!, kind, text, description, owner, schedule);
        fields.Fail("definition", $"It is too long: {text.Length} characters.", $"up to {SavedReport.MaxDefinitionLength} characters");
        return null;
    }

    public static string WordOf(ReportSchedule schedule) => schedule switch
    {
        ReportSchedule.None => "none",
        ReportSchedule.Daily => "daily",
    };

    static string? Text(DefinitionFields fields, string name, int maxLength)
    {
        var valid = $"a text of up to {maxLength} characters";
        var text = fields.Text(name, valid);
        if (text?.Length > maxLength) fields.Fail(name, $"It has {text.Length} characters.", valid);
        return text;
    }

    public static string WordOf(ReportKind kind) => kind switch
    {
        ReportKind.Segmentation => "segmentation",
        ReportKind.Funnels => "funnels",
        ReportKind.Retention => "retention",
        ReportKind.Cohorts => "cohorts",
        ReportKind.Stickiness => "stickiness",
        ReportKind.Lifecycle => "lifecycle",
        ReportKind.Revenue => "revenue",
        ReportKind.LifetimeValue => "lifetime-value",
        ReportKind.Composition => "composition",
        ReportKind.Sessions => "sessions",
        ReportKind.Flows => "flows",
    };

    static void Check(ReportKind kind, JsonElement definition, ReportProject project, Instant now, List<FieldError> errors)
    {
        var found = new List<FieldError>();
        if (definition.TryGetProperty("people", out _)) found.Add(new("people", "A report is kept without it.", "leave it out, and ask for it with the question"));
        if (kind == ReportKind.Cohorts && definition.TryGetProperty("are_in", out _)) found.Add(new("are_in", "A cohort is kept without it.", "leave it out, and ask for it with the question"));
        if (definition.TryGetProperty(DefinitionKey.AsOf, out _)) found.Add(new(DefinitionKey.AsOf, "A report is kept without it.", "leave it out, and ask for it with the question"));
        try
        {
            switch (kind)
            {
                case ReportKind.Segmentation: SegmentationBody.Read(definition, project, now, found)?.Check(); break;
                case ReportKind.Funnels: FunnelBody.Read(definition, project, now, found)?.Check(); break;
                case ReportKind.Retention: RetentionBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
                case ReportKind.Cohorts: CohortBody.Read(definition, project, now, found)?.Check(); break;
                case ReportKind.Stickiness: StickinessBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
                case ReportKind.Sessions: SessionsBody.Read(definition, project, now, found)?.Check(); break;
                case ReportKind.Flows: FlowsBody.Read(definition, project, now, found)?.Check(); break;
                case ReportKind.Lifecycle: LifecycleBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
                case ReportKind.Revenue: RevenueBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
                case ReportKind.LifetimeValue: LifetimeValueBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
                case ReportKind.Composition: CompositionBody.Read(definition, project, now, found, out _, out _)?.Check(); break;
            }
        }
        catch (DefinitionException e)
        {
            found.Add(new(e.Field, e.Message, "as the message says"));
        }
        errors.AddRange(found.Select(error => error with { Field = $"definition.{error.Field}" }));
    }
}
