using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Activity;

/// <summary><c>GET /api/v1/activity/{id}</c>: one person's events and profile changes under all their ids, a page at a time.</summary>
/// <remarks>
/// <code>
/// ?limit=100&amp;order=newest|oldest&amp;kinds=all|events|profile_changes&amp;event=Play&amp;event=Buy&amp;where=properties["price"] > 3&amp;from=2025-06-01&amp;to=2025-06-30&amp;after={cursor}
/// {"id": "$device:D1", "person": "ann", "ids": ["ann", "$device:D1"],
///  "entries": [{"kind": "event", "item_id": …, as /api/v1/live shows it}, {"kind": "profile_change", "item_id": …, "operations": {"set": {"plan": "pro"}}}],
///  "cursor": "…" or null after the last page, "coverage": {…}}
/// </code>
/// A cursor names a place, not a number: entries that come while somebody turns pages move none of them.
/// </remarks>
public sealed class ActivityRoute(V1Door door, PersonHistory history)
{
    /// <summary>Entries of one answer.</summary>
    public const int MaxLimit = 1_000;

    const int DefaultLimit = 100;

    static readonly (string Word, bool NewestFirst)[] Orders = [("newest", true), ("oldest", false)];
    static readonly (string Word, HistoryKinds Kinds)[] Kinds = [("all", HistoryKinds.Everything), ("events", HistoryKinds.Events), ("profile_changes", HistoryKinds.Updates)];

    /// <param name="routed">The id, or the rest of the path; else <c>?id=</c> has it.</param>
    public Task<IResult> AskAsync(HttpRequest request, string? routed, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var errors = new List<FieldError>();
        if (RouteId.Of(request, routed) is not { } id) return RouteId.Missing;
        if (Limit(request) is not { } limit) return Problem.InvalidField(new FieldError("limit", "It must be a whole number within bounds.", $"1 to {MaxLimit}"));
        if (Choice(request, "order", Orders) is not { } newestFirst) return Problem.InvalidField(new FieldError("order", "There is no such order.", "newest or oldest"));
        if (Choice(request, "kinds", Kinds) is not { } kinds) return Problem.InvalidField(new FieldError("kinds", "There are no such entries.", "all, events or profile_changes"));
        HistoryPlace? after = null;
        if (request.Query["after"].ToString() is { Length: > 0 } text)
        {
            if (!HistoryPlace.TryParse(text, out var place)) return Problem.InvalidField(new FieldError("after", "This is no cursor.", "the cursor of an earlier answer, or nothing"));
            after = place;
        }
        var filter = ActivityFilter.Read(request.Query, project, errors);
        if (filter is null) return Problem.InvalidField(errors);
        if (filter.LooksAtEvents && kinds == HistoryKinds.Updates) return Problem.InvalidField(new FieldError("kinds", "A change of the profile has no name and no properties.", "events, or neither event nor where"));
        var (opened, page) = await history.ReadPageAsync(project, id, new(newestFirst, kinds, after, Limit: limit + 1, Filter: filter), cancellationToken, filter.NeedsProfiles);
        if (page.Count == 0 && after is null && opened.Ids is null) return Problem.NotFound("No claim, no event and no profile update names this id.");
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, id, opened, page, limit));
    });

    static void Write(Utf8JsonWriter json, string id, OpenedHistory opened, IReadOnlyList<HistoryEntry> page, int limit)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("person", opened.Person);
        json.WriteStartArray("ids");
        foreach (var one in opened.Ids?.Ids.Select(known => known.Id) ?? [opened.Person]) json.WriteStringValue(one);
        json.WriteEndArray();
        json.WriteStartArray("entries");
        foreach (var entry in page.Take(limit))
        {
            if (entry.Event is { } row) EventJson.Write(json, row, kind: "event");
            else Write(json, entry.Change!);
        }
        json.WriteEndArray();
        // One entry more than asked for tells that there is a page behind this one.
        json.WriteString("cursor", page.Count > limit ? page[limit - 1].Place.ToString() : null);
        CoverageJson.Write(json, opened.Coverage);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, ProfileChange change)
    {
        json.WriteStartObject();
        json.WriteString("kind", "profile_change");
        json.WriteString("item_id", change.ItemId);
        json.WriteString("time", CoverageHeaders.Iso(change.TimeMs));
        json.WriteString("received_at", CoverageHeaders.Iso(change.ReceivedAtMs));
        json.WriteString("distinct_id", change.DistinctId);
        json.WriteString("device_id", change.DeviceId);
        json.WriteString("user_id", change.UserId);
        json.WriteString("insert_id", change.InsertId);
        json.WriteString("dialect", change.Dialect);
        json.WriteString("sdk", change.Sdk);
        json.WritePropertyName("operations");
        json.WriteRawValue(change.Operations.Span);
        json.WriteEndObject();
    }

    static int? Limit(HttpRequest request)
    {
        var text = request.Query["limit"].ToString();
        if (text.Length == 0) return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;
    }

    static T? Choice<T>(HttpRequest request, string parameter, (string Word, T Value)[] words)
        where T : struct
    {
        var text = request.Query[parameter].ToString();
        if (text.Length == 0) return words[0].Value;
        foreach (var (word, value) in words)
            if (word == text) return value;
        return null;
    }
}
