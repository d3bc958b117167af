using System.Text.Json;
using Cairn.Api.V1.Query;
using Cairn.Projects;
using Cairn.Query.Definitions;
using Cairn.Query.Sessions;

namespace Cairn.Api.V1.Sessions;

/// <summary>What is asked for behind a number, and which page of it.</summary>
/// <param name="OfUsers">Whether users are asked for, not sessions.</param>
/// <param name="Limit">Sessions or people of one page.</param>
/// <param name="After">Where the page begins; null: at the first.</param>
sealed record SessionsPeopleQuestion(SessionsNumber Number, bool OfUsers, int Limit, string? After);

/// <summary>Reads <c>people</c>: <c>{"of": "users", "bucket": "2025-06-01", "keys": ["pro"], "entry": "Visit"}</c>.</summary>
static class SessionsPeopleBody
{
    const int DefaultLimit = 1_000, MaxLimit = 100_000;

    const string Valid = "an object such as {\"of\": \"users\", \"bucket\": \"2025-06-01\"}";

    /// <summary>Null where none are asked for.</summary>
    public static SessionsPeopleQuestion? Read(JsonElement body, List<FieldError> errors)
    {
        var whole = new DefinitionFields(body, "", errors);
        if (whole.Any("people") is null || whole.Object("people", Valid) is not { } fields) return null;
        var ofUsers = fields.Choice("of", false, ("sessions", false), ("users", true));
        string[] keys = [.. fields.List("keys", "a list of breakdown values, as the answer names them").Select(item => item.Element.ToString())];
        var number = new SessionsNumber(keys, fields.Flag("other", false), BucketText.Read(fields, "bucket"))
        {
            Entry = fields.Text("entry", "the name of an event"),
            Exit = fields.Text("exit", "the name of an event"),
            FromMs = fields.Whole("from_ms", 0, 0, int.MaxValue),
            UntilMs = fields.Any("until_ms") is null ? null : fields.Whole("until_ms", 1, 1, int.MaxValue),
        };
        var question = new SessionsPeopleQuestion(number, ofUsers, fields.Whole("limit", DefaultLimit, 1, MaxLimit), fields.Text("after", "what the page before said under next"));
        if (!ofUsers && question.After is { } after && !ListCursor<FoundSession>.TryRead(after, out _)) fields.Fail("after", "It is none of ours.", "what the page before said under next");
        fields.RefuseOthers();
        return question;
    }
}
