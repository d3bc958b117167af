using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Api.V1.Revenue;
using Cairn.Projects;
using Cairn.Query.Definitions;
using NodaTime;

namespace Cairn.Api.V1.LifetimeValue;

/// <summary>Reads a definition of lifetime value from our own JSON.</summary>
/// <remarks>
/// Fields and examples: docs/semantics/lifetime-value.md, "Asking". For example
/// <code>
/// {"range": {"from": "2025-06-01", "to": "2025-06-30"}, "unit": "week", "born_by": "first_seen", "events": [{"event": "Purchase"}], "amount": "event.price", "ages": [1, 7, 30]}
/// </code>
/// </remarks>
public static class LifetimeValueBody
{
    const string AgesValid = "a list of days, ascending, such as [1, 7, 30, 90]", BirthValid = "a list of 1 to 50 objects such as {\"event\": \"Signed Up\"}";

    enum BornBy { FirstSeen, FirstPurchase, Event }

    /// <summary>The definition; null where <paramref name="errors"/> says what is wrong.</summary>
    /// <param name="cell">The number whose people are asked for; null where the whole answer is.</param>
    public static LifetimeValueDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out LifetimeValueCell? cell) =>
        Read(body, project, now, errors, out cell, out _);

    internal static LifetimeValueDefinition? Read(JsonElement body, ReportProject project, Instant now, List<FieldError> errors, out LifetimeValueCell? cell, out PeoplePage page)
    {
        var fields = new DefinitionFields(body, "", errors);
        project = ReportFields.Project(fields, project);
        var bornBy = fields.Choice("born_by", fields.Any("birth") is null ? BornBy.FirstSeen : BornBy.Event,
            ("first_seen", BornBy.FirstSeen), ("first_purchase", BornBy.FirstPurchase), ("event", BornBy.Event));
        if (bornBy == BornBy.Event && fields.Any("birth") is null) fields.Fail("birth", "It is required with born_by event.", BirthValid);
        if (bornBy != BornBy.Event && fields.Any("birth") is not null) fields.Fail("birth", "People are born by something else.", "leave it out, or say \"born_by\": \"event\"");
        var definition = new LifetimeValueDefinition
        {
            Project = project,
            Now = now,
            Range = ReportFields.Range(fields, project, now),
            Unit = new(fields.Choice("unit", TimeUnit.Day, ("day", TimeUnit.Day), ("week", TimeUnit.Week), ("month", TimeUnit.Month)), fields.Whole("interval", 1, 1, 366)),
            Birth = MoneyFields.Events(fields, "birth", errors),
            BornByPaying = bornBy == BornBy.FirstPurchase,
            Events = MoneyFields.Events(fields, "events", errors),
            Amounts = MoneyFields.Amounts(fields),
            Compared = ReportFields.Compared(fields, errors),
            Breakdowns = Expressions.Breakdowns(fields, "breakdowns", CutFields.Of(fields, project)),
            Limit = fields.Whole("limit", 60, 1, SegmentationDefinition.MaxLimit),
            Switches = MoneyFields.Switches(fields),
        };
        if (fields.Any("ages") is not null) definition = definition with { Ages = AgesOf(fields) };
        (cell, page) = CellOf(fields, definition);
        fields.RefuseOthers();
        return errors.Count == 0 ? definition : null;
    }

    static List<int> AgesOf(DefinitionFields fields)
    {
        var ages = new List<int>();
        foreach (var (element, path) in fields.List("ages", AgesValid))
        {
            if (element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var age)) ages.Add(age);
            else fields.Fail(path, "It must be a whole number of days.", AgesValid);
        }
        return ages;
    }

    static (LifetimeValueCell? Cell, PeoplePage Page) CellOf(DefinitionFields fields, LifetimeValueDefinition definition)
    {
        if (fields.Object("people", "{\"who\": \"paid\", \"row\": \"2025-06-01\", \"age\": 7}") is not { } people) return (null, default);
        var cell = new LifetimeValueCell(
            people.Whole("compared", 0, 0, Math.Max(1, definition.Compared.Count) - 1),
            [.. people.List("keys", "the values that the series is of").Select(item => item.Element.ToString())],
            ReportFields.Date(people, "row"),
            people.Any("age") is null ? null : people.Whole("age", 1, 1, LifetimeValueDefinition.MaxAgeDays),
            people.Choice("who", LifetimeValueWho.Everyone, ("everyone", LifetimeValueWho.Everyone), ("paid", LifetimeValueWho.Paid), ("ever_paid", LifetimeValueWho.EverPaid)));
        var page = PeoplePage.Read(people);
        people.RefuseOthers();
        return (cell, page);
    }
}
