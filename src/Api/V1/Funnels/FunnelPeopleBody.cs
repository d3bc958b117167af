using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Funnels;

namespace Cairn.Api.V1.Funnels;

/// <summary>Which number's people are asked for, and which page of them.</summary>
/// <param name="Number">The number.</param>
/// <param name="Limit">People of one page.</param>
/// <param name="After">Where the page begins; null: at the first.</param>
sealed record FunnelPeopleQuestion(FunnelNumber Number, int Limit, string? After);

/// <summary>Reads <c>people</c>: <c>{"who": "dropped", "step": 1, "keys": ["pro"], "bucket": "2025-06-01"}</c>.</summary>
static class FunnelPeopleBody
{
    const int DefaultLimit = 1000, MaxLimit = 100_000;

    const string Valid = "an object such as {\"who\": \"dropped\", \"step\": 1}";

    /// <summary>Null where no people are asked for.</summary>
    public static FunnelPeopleQuestion? Read(JsonElement body, int stepCount, List<FieldError> errors)
    {
        var whole = new DefinitionFields(body, "", errors);
        if (whole.Any("people") is null || whole.Object("people", Valid) is not { } fields) return null;
        var who = fields.Choice<(FunnelWho Who, bool IsLast)>("who", (FunnelWho.Reached, false),
            ("reached", (FunnelWho.Reached, false)), ("dropped", (FunnelWho.Dropped, false)), ("excluded", (FunnelWho.Excluded, false)), ("converted", (FunnelWho.Reached, true)));
        var step = fields.Whole("step", who.IsLast ? stepCount : 1, 1, Cairn.Query.Definitions.FunnelDefinition.MaxSteps);
        if (who.IsLast && step != stepCount) fields.Fail("step", "The converted are those of the last step.", $"{stepCount}, or leave it out");
        var keys = fields.Any("keys") is null ? null : fields.List("keys", "a list of breakdown values, as the answer names them").Select(item => item.Element.ToString()).ToArray();
        var question = new FunnelPeopleQuestion(
            new(who.Who, step, fields.Whole("compared", 0, 0, 100), keys, fields.Flag("other", false), BucketText.Read(fields, "bucket")),
            fields.Whole("limit", DefaultLimit, 1, MaxLimit),
            fields.Text("after", "what the page before said under next"));
        if (question.After is { } after && !PeopleCursor.TryRead(after, out _)) fields.Fail("after", "It is none of ours.", "what the page before said under next");
        fields.RefuseOthers();
        return question;
    }
}
