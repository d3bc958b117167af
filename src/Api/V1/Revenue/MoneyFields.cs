using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;

namespace Cairn.Api.V1.Revenue;

/// <summary>The fields that revenue and lifetime value share: what brings money, where the amount stands, who pays.</summary>
static class MoneyFields
{
    const string AmountValid = "event.price, an expression such as properties[\"price\"] * properties[\"quantity\"], or a list of these, of which the first that is a number counts";

    /// <summary>A list of events; every event where it is absent or empty.</summary>
    public static IReadOnlyList<EventSelection> Events(DefinitionFields fields, string name, List<FieldError> errors)
    {
        var events = fields.List(name, "a list of 1 to 50 objects such as {\"event\": \"Purchase\"}").Select(item => ReportFields.Event(item.Element, item.Path, errors)).ToArray();
        return events.Length > 0 ? events : [EventSelection.Every("any event")];
    }

    /// <summary><c>amount</c>: where it stands.</summary>
    public static IReadOnlyList<Expression> Amounts(DefinitionFields fields)
    {
        if (fields.Any("amount") is not { } found) return RevenueAmounts.Default;
        if (found.ValueKind == System.Text.Json.JsonValueKind.Array) return [.. Expressions.Breakdowns(fields, "amount").Select(place => place.By)];
        if (found.ValueKind == System.Text.Json.JsonValueKind.String) return Expressions.Breakdown(fields, "amount") is { } one ? [one] : RevenueAmounts.Default;
        fields.Fail("amount", "It must be a text or a list of texts.", AmountValid);
        return RevenueAmounts.Default;
    }

    /// <summary><c>preset</c> and <c>switches</c>.</summary>
    public static Switches Switches(DefinitionFields fields)
    {
        var preset = ReportFields.Preset(fields);
        if (fields.Object("switches", "{\"payers\": \"any_amount\"}") is not { } switches) return preset;
        var chosen = ReportFields.Over(preset, switches) with
        {
            Payers = switches.Choice("payers", preset.Payers, ("above_zero", Payers.AboveZero), ("any_amount", Payers.AnyAmount)),
        };
        switches.RefuseOthers();
        return chosen;
    }
}
