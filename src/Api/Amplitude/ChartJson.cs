using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;

namespace Cairn.Api.Amplitude;

/// <summary>Reads Amplitude's event and segment JSON.</summary>
/// <remarks>
/// Source: Amplitude docs, "Dashboard REST API", "Event format" and "Segment definition". For example
/// <code>
/// {"event_type": "Checkout", "filters": [{"subprop_type": "event", "subprop_key": "currency", "subprop_op": "is", "subprop_value": ["USD"]}],
///  "group_by": [{"type": "event", "value": "category"}]}
/// </code>
/// </remarks>
static class ChartJson
{
    /// <summary>Mixpanel's verb events: they link ids and are nothing that a user did.</summary>
    static readonly Value LinkingEvents = Value.Of([Value.Of("$identify"), Value.Of("$create_alias"), Value.Of("$merge")]);

    /// <summary>What makes a user new: their first event ever, whatever it is.</summary>
    public static EventSelection NewUser { get; } = EventSelection.Every("_new", NotLinking());

    /// <summary>Any active event.</summary>
    public static EventSelection ActiveEvent { get; } = EventSelection.Every("_active", NotLinking());

    /// <summary>An event, and what it is grouped by.</summary>
    /// <param name="parameter">For messages: e or e2.</param>
    /// <exception cref="AmplitudeQueryException">It can't be read, or asks for what is not there.</exception>
    public static (EventSelection Selection, IReadOnlyList<Expression> GroupBy) Event(string parameter, string text)
    {
        var json = Parse(parameter, text);
        if (json.ValueKind != JsonValueKind.Object || Text(json, "event_type") is not { Length: > 0 } type) throw new AmplitudeQueryException($"Invalid event {parameter}: event_type is missing");
        var filters = List(json, "filters").Select(EventFilter).ToList();
        if (type == "_active") filters.Add(NotLinking());
        var filter = filters.Count == 0 ? null : filters.Aggregate(And);
        return (Selected(type, filter), GroupsOf(json));
    }

    /// <summary>A start event, which may be that a user is new: then the first event there ever was of them.</summary>
    /// <returns>Of new users, <c>WhenNew</c> is what must be true of that event.</returns>
    public static (EventSelection Selection, IReadOnlyList<Expression> GroupBy, bool IsNew, Expression? WhenNew) Start(string parameter, string text)
    {
        var json = Parse(parameter, text);
        if (Text(json, "event_type") != "_new")
        {
            var (selection, groupBy) = Event(parameter, text);
            return (selection, groupBy, false, null);
        }
        var filters = List(json, "filters").Select(EventFilter).ToArray();
        return (NewUser, GroupsOf(json), true, filters.Length == 0 ? null : filters.Aggregate(And));
    }

    /// <summary>A segment: all of its conditions together; null where it has none.</summary>
    public static Expression? Segment(string text)
    {
        var json = Parse("s", text);
        var conditions = json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().ToArray() : [json];
        return conditions.Length == 0 ? null : conditions.Select(Condition).Aggregate(And);
    }

    static Expression[] GroupsOf(JsonElement json) =>
        [.. List(json, "group_by").Select(item => UserProperties.Named(Text(item, "type") ?? "event", Text(item, "value") ?? throw new AmplitudeQueryException("Invalid group_by: value is missing")))];

    static EventSelection Selected(string type, Expression? filter) => type switch
    {
        "_active" or "_all" => EventSelection.Every(type, filter),
        "_new" => throw new AmplitudeQueryException("Invalid event _new: it is a start event of retention alone"),
        _ when type.StartsWith("ce:", StringComparison.Ordinal) => throw new AmplitudeQueryException($"Invalid event {type}: there are no custom events here"),
        _ => EventSelection.Named(type, filter),
    };

    static Expression EventFilter(JsonElement filter) => PropertyConditions.Of(
        UserProperties.Named(Text(filter, "subprop_type") ?? "event", Text(filter, "subprop_key") ?? throw new AmplitudeQueryException("Invalid filter: subprop_key is missing")),
        Text(filter, "subprop_op") ?? "is",
        Values(filter, "subprop_value"));

    static Expression Condition(JsonElement condition)
    {
        if (condition.ValueKind != JsonValueKind.Object) throw new AmplitudeQueryException("Invalid segment: its conditions must be objects");
        if (Text(condition, "type") == "event") throw new AmplitudeQueryException("Invalid segment: conditions on what users did are not answered here");
        if (Text(condition, "prop") is not { } property) throw new AmplitudeQueryException("Invalid segment: prop is missing");
        if (property == "userdata_cohort") return Cohorts(Text(condition, "op") ?? "is", Values(condition, "values"));
        return PropertyConditions.Of(UserProperties.Named(property), Text(condition, "op") ?? "is", Values(condition, "values"));
    }

    /// <summary>Whether the user is in one of some saved cohorts, or in none of them.</summary>
    static Expression Cohorts(string @operator, string[] ids)
    {
        if (ids.Length == 0) throw new AmplitudeQueryException("Invalid segment: userdata_cohort needs a value");
        var isIn = ids.Select(Expression (id) => new Expression.Property(new(PropertyScope.Cohort, id))).Aggregate((left, right) => new Expression.Binary(BinaryOperator.Or, left, right));
        return @operator switch
        {
            "is" => isIn,
            "is not" => new Expression.Unary(UnaryOperator.Not, isIn),
            _ => throw new AmplitudeQueryException($"Invalid segment: userdata_cohort takes is and is not, no {@operator}"),
        };
    }

    static Expression.Unary NotLinking() => new(
        UnaryOperator.Not, new Expression.Binary(BinaryOperator.In, new Expression.Property(new(PropertyScope.EventField, EventField.Name)), new Expression.Literal(LinkingEvents)));

    static Expression And(Expression left, Expression right) => new Expression.Binary(BinaryOperator.And, left, right);

    /// <summary>A parameter's JSON.</summary>
    public static JsonElement Parse(string parameter, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (!JsonTexts.AreWhole(document.RootElement)) throw new AmplitudeQueryException($"Invalid {parameter}: a text holds half a character");
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new AmplitudeQueryException($"Invalid {parameter}: it is no JSON");
        }
    }

    static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    static JsonElement[] List(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return [];
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw new AmplitudeQueryException($"Invalid event: {name} must be a list");
    }

    /// <summary>Values as texts; a single one needs no list.</summary>
    static string[] Values(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value)) return [];
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(AsText)] : [AsText(value)];
    }

    static string AsText(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "(none)" : ValueText.Of(JsonValue.Parse(value.GetRawText()));
}
