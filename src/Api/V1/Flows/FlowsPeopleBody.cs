using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Flows;

namespace Cairn.Api.V1.Flows;

/// <summary>Which number's paths are asked for, and which page of them.</summary>
/// <param name="Limit">Paths of one page.</param>
/// <param name="After">Where the page begins; null: at the first.</param>
sealed record FlowsPeopleQuestion(FlowNumber Number, int Limit, string? After);

/// <summary>Reads <c>people</c>: <c>{"step": 2, "event": "View", "next_to": {"event": "Search"}}</c>.</summary>
static class FlowsPeopleBody
{
    const int DefaultLimit = 1_000, MaxLimit = 100_000;

    const string Valid = "an object such as {\"step\": 1, \"event\": \"Search\"} or {\"step\": 2, \"kind\": \"dropoff\"}";

    public static readonly IReadOnlyList<(string Word, FlowNodeKind Meaning)> Kinds =
    [
        ("anchor", FlowNodeKind.Anchor), ("event", FlowNodeKind.Event), ("other", FlowNodeKind.Other), ("goal", FlowNodeKind.Goal), ("dropoff", FlowNodeKind.DropOff), ("start", FlowNodeKind.Start),
    ];

    /// <summary>Null where none are asked for.</summary>
    public static FlowsPeopleQuestion? Read(JsonElement body, List<FieldError> errors)
    {
        var whole = new DefinitionFields(body, "", errors);
        if (whole.Any("people") is null || whole.Object("people", Valid) is not { } fields) return null;
        var step = fields.Whole("step", 0, -FlowsDefinition.MaxSteps, FlowsDefinition.MaxSteps);
        FlowNodeName? nextTo = null;
        if (fields.Object("next_to", "a node of the step nearer to the anchor, such as {\"event\": \"Search\"}") is { } neighbour)
        {
            nextTo = Node(neighbour, Math.Abs(step) == 1 ? FlowNodeKind.Anchor : FlowNodeKind.Event);
            neighbour.RefuseOthers();
        }
        var question = new FlowsPeopleQuestion(
            new(step, Node(fields, step == 0 ? FlowNodeKind.Anchor : FlowNodeKind.Event), nextTo),
            fields.Whole("limit", DefaultLimit, 1, MaxLimit),
            fields.Text("after", "what the page before said under next"));
        if (question.After is { } after && !ListCursor<FoundPath>.TryRead(after, out _)) fields.Fail("after", "It is none of ours.", "what the page before said under next");
        fields.RefuseOthers();
        return question;
    }

    static FlowNodeName Node(DefinitionFields fields, FlowNodeKind usual)
    {
        var kind = fields.Choice("kind", usual, Kinds);
        var (name, value) = (fields.Text("event", "the node's event, as the answer names it"), fields.Text("value", "the node's value, as the answer names it"));
        if (kind is FlowNodeKind.Event or FlowNodeKind.Anchor && name is null) fields.Fail("event", "It is required.", "the node's event, as the answer names it");
        return new(kind, name, value);
    }
}
