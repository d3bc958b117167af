using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Ingestion.Amplitude;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Persons;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/useractivity</c>: one user's summary and events.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User activity". An unknown id gets zeros and no events, status 200.</remarks>
public sealed class UserActivityEndpoint(AmplitudeDoor door, PersonSearch persons, EventRows rows)
{
    /// <summary>Events of one answer. Source: the same page, limit.</summary>
    const int MaxLimit = 1_000;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        if (!AmplitudeId.TryParse(request.Query["user"].ToString(), out var id)) throw new AmplitudeQueryException("Invalid user: give an Amplitude id, as usersearch answers it");
        var (offset, limit) = (Whole(request, "offset", 0, int.MaxValue), Math.Min(Whole(request, "limit", MaxLimit, int.MaxValue), MaxLimit));
        var found = await persons.FindAsync(project, person => AmplitudeId.Of(person) == id, null, null, cancellationToken);
        var events = found.Count == 0 ? [] : await EventsOfAsync(project, found[0].Person, cancellationToken);
        var shown = request.Query["direction"] == "earliest" ? events : events.AsEnumerable().Reverse();
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("userData");
            UserSummary.Write(json, project, found.Count == 0 ? null : found[0], events);
            json.WriteEndObject();
            json.WriteStartArray("events");
            foreach (var row in shown.Skip(offset).Take(limit)) RawEventJson.Write(json, row, project.Id, forActivity: true);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }, cancellationToken);

    /// <summary>All events of a person, oldest first.</summary>
    async Task<List<EventRow>> EventsOfAsync(ReportProject project, string person, CancellationToken cancellationToken)
    {
        var isTheirs = new Expression.Binary(
            BinaryOperator.Equal, new Expression.Property(new(PropertyScope.EventField, EventField.Person)), new Expression.Literal(Value.Of(person)));
        var definition = new RowsDefinition(project, TimeRange.Ever, EventSelection.Every("all"), isTheirs, WithProfiles: true);
        var events = new List<EventRow>();
        await foreach (var list in rows.ReadAsync(definition, cancellationToken)) events.AddRange(list);
        return [.. events.OrderBy(row => row.TimeMs).ThenBy(row => row.ReceivedAtMs)];
    }

    static int Whole(HttpRequest request, string parameter, int fallback, int most)
    {
        var text = request.Query[parameter].ToString();
        if (text.Length == 0) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw new AmplitudeQueryException($"Invalid {parameter} {text}");
    }
}
