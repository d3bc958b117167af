using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Mixpanel;

/// <summary>Mixpanel's <c>stream/query</c>: what some users did, newest first.</summary>
/// <remarks>Source: Mixpanel's query API reference, "Profile Event Activity". Ids are looked up as the person they belong to.</remarks>
public sealed class StreamEndpoint(MixpanelDoor door, PersonHistory history)
{
    /// <summary>Users of one question, each a look-up of its own.</summary>
    internal const int MaxUsers = 100;

    /// <summary>Events of one answer, the newest.</summary>
    internal const int MaxEvents = 10_000;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async question =>
    {
        question.Parameters.Required("distinct_ids");
        var ids = question.Parameters.Texts("distinct_ids")!;
        if (ids.Count is 0 or > MaxUsers) throw new MixpanelParameterException("distinct_ids", $"must name 1 to {MaxUsers} users");
        var filter = new HistoryFilter(question.RequiredDays());
        var events = new List<(HistoryPlace Place, EventRow Row)>();
        var persons = new HashSet<string>(StringComparer.Ordinal);
        Coverage? coverage = null;
        foreach (var id in ids)
        {
            var (opened, page) = await history.ReadPageAsync(question.Project, id, new(NewestFirst: true, HistoryKinds.Events, Limit: MaxEvents, Filter: filter), cancellationToken);
            coverage = Together(coverage, opened.Coverage);
            // Two ids of one person bring its events once.
            if (!persons.Add(opened.Person)) continue;
            events.AddRange(page.Select(entry => (entry.Place, entry.Event!.Value)));
            if (events.Count > 2 * MaxEvents) Newest(events);
        }
        Newest(events);
        CoverageHeaders.Set(request.HttpContext.Response, coverage!);
        return new JsonAnswer(StatusCodes.Status200OK, json => Write(json, events));
    }, cancellationToken);

    /// <summary>Leaves the newest, in order.</summary>
    static void Newest(List<(HistoryPlace Place, EventRow Row)> events)
    {
        events.Sort((one, other) => other.Place.CompareTo(one.Place));
        if (events.Count > MaxEvents) events.RemoveRange(MaxEvents, events.Count - MaxEvents);
    }

    static Coverage Together(Coverage? one, Coverage other) => one is null
        ? other
        : new(one.DataUpToMs is null || other.DataUpToMs > one.DataUpToMs ? other.DataUpToMs : one.DataUpToMs, one.RowsRead + other.RowsRead, one.BytesRead + other.BytesRead, one.ElapsedMs + other.ElapsedMs)
        {
            CacheHits = one.CacheHits + other.CacheHits,
            CacheMisses = one.CacheMisses + other.CacheMisses,
        };

    static void Write(Utf8JsonWriter json, List<(HistoryPlace Place, EventRow Row)> events)
    {
        json.WriteStartObject();
        json.WriteString("status", "ok");
        json.WriteStartObject("results");
        json.WriteStartArray("events");
        foreach (var (_, row) in events)
        {
            json.WriteStartObject();
            json.WriteString("event", row.Name);
            json.WriteStartObject("properties");
            json.WriteNumber("time", (long)Math.Floor(row.TimeMs / 1000.0));
            // Clients read the one name or the other.
            json.WriteString("distinct_id", row.Person);
            json.WriteString("$distinct_id", row.Person);
            json.WriteString("$insert_id", row.InsertId ?? row.ItemId);
            row.WriteProperties(json, name => name is not ("time" or "distinct_id" or "$distinct_id" or "$insert_id"));
            row.WriteGroups(json, asLists: false);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
