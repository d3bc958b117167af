using System.Text.Json;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;

namespace Cairn.Api.V1;

/// <summary>Reads conditions and properties from fields of our own API.</summary>
static class Expressions
{
    const string FilterValid = "an expression such as properties[\"plan\"] == \"pro\"", PropertyValid = "event.plan, user.plan, user.plan@event, group.company, group.company.plan, group.company.plan@event, cohort.123456789, or an expression";

    /// <summary>A condition; null where absent or wrong.</summary>
    public static Expression? Filter(DefinitionFields fields, string name) => Read(fields, name, fields.Text(name, FilterValid), FilterValid, ExpressionParser.Parse);

    /// <summary>A property or an expression; null where absent or wrong.</summary>
    public static Expression? Breakdown(DefinitionFields fields, string name) => Read(fields, name, fields.Text(name, PropertyValid), PropertyValid, Parse);

    /// <summary>A list of properties or expressions; the wrong ones are left out.</summary>
    /// <param name="cuts">How values are put together where an object says so; null: there are no such objects here.</param>
    public static IReadOnlyList<Breakdown> Breakdowns(DefinitionFields fields, string name, CutFields? cuts = null)
    {
        var breakdowns = new List<Breakdown>();
        var items = fields.List(name, $"a list of {PropertyValid}");
        for (var i = 0; i < items.Count; i++)
        {
            var text = items[i].Element.ValueKind == JsonValueKind.String ? items[i].Element.GetString() : null;
            if (cuts is not null && items[i].Element.ValueKind == JsonValueKind.Object)
            {
                if (cuts.Read(new(items[i].Element, items[i].Path, fields.Errors)) is { } cut) breakdowns.Add(new(cut));
            }
            else if (text is null) fields.Fail($"{name}[{i}]", "It must be a text.", PropertyValid);
            else if (Read(fields, $"{name}[{i}]", text, PropertyValid, Parse) is { } expression) breakdowns.Add(new(expression));
        }
        return breakdowns;
    }

    /// <summary><c>user.plan@event</c> and the like, else an expression.</summary>
    static Expression Parse(string text) => TryReference(text, out var reference) ? new Expression.Property(reference) : ExpressionParser.ParseBreakdown(text);

    static bool TryReference(string text, out PropertyReference reference)
    {
        reference = null!;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return false;
        var name = text[(dot + 1)..];
        var isAtEvent = name.EndsWith("@event", StringComparison.Ordinal);
        switch (text[..dot])
        {
            case "event": reference = PropertyNames.Resolve("properties", name); break;
            case "user" when isAtEvent: reference = new(PropertyScope.UserAtEvent, name[..^"@event".Length]); break;
            case "user": reference = new(PropertyScope.User, name); break;
            case "cohort": reference = new(PropertyScope.Cohort, name); break;
            case "group" when name.IndexOf('.', StringComparison.Ordinal) is > 0 and var end && end + 1 < name.Length: reference = isAtEvent ? new(PropertyScope.GroupProfileAtEvent, name[(end + 1)..^"@event".Length], name[..end]) : new(PropertyScope.GroupProfile, name[(end + 1)..], name[..end]); break;
            case "group": reference = new(PropertyScope.Group, name); break;
            default: return false;
        }
        return name.Length > 0;
    }

    static Expression? Read(DefinitionFields fields, string name, string? text, string valid, Func<string, Expression> parse)
    {
        if (text is null) return null;
        try
        {
            var expression = parse(text);
            // Compiling refuses, by their form, conditions that are none.
            CompiledExpression.Compile(expression);
            return expression;
        }
        catch (ExpressionException e)
        {
            fields.Fail(name, e.Message, valid);
            return null;
        }
    }
}
