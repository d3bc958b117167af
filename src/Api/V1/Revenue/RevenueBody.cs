using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.Revenue;

/// <summary>Reads a revenue definition from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/revenue.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-30"}, "unit": "week", "events": [{"event": "Purchase"}], "amount": "event.price", "breakdowns": ["event.country"]}
/// </code>
/// </remarks>
public static class RevenueBody
{
    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static RevenueDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out RevenueCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static RevenueDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out RevenueCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var definition = new RevenueDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Unit = ReportFields.Unit(fields),
            Events = MoneyFields.Events(fields, "events", errors),
            Amounts = MoneyFields.Amounts(fields),
            Active = MoneyFields.Events(fields, "active", errors),
            Filter = Expressions.Filter(fields, "filter"),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project)),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = MoneyFields.Switches(fields),
        };
        (cell, page) = CellOf(fields);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static (RevenueCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields)
    {
        if (fields.Object("people", "{\"who\": \"payers\", \"row\": \"2025-06-01\"}") is not { } people) return (null, default);
        var cell = new RevenueCell(
            [.. people.List("keys", "the values that the series is of").Select(item => item.Element.ToString())],
            BucketText.Read(people, "row"),
            people.Choice("who", RevenueWho.Payers, ("payers", RevenueWho.Payers), ("active", RevenueWho.Active)));
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (cell, page);
    }
}
