using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/usersearch</c>: who is meant by an Amplitude id, a user or device id, or the beginning of a user id.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User search".</remarks>
public sealed class UserSearchEndpoint(AmplitudeDoor door, PersonSearch persons, AmplitudePersons given)
{
    /// <summary>Matches of one answer.</summary>
    const int MaxMatches = 1_000;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var sought = request.Query["user"].ToString();
        if (sought.Length == 0) throw new AmplitudeQueryException("Invalid user: it is missing");
        var (type, found) = await FindAsync(project, sought, cancellationToken);
        foreach (var person in found.Take(MaxMatches)) given.Remember(project, person.Person);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("matches");
            foreach (var person in found.Take(MaxMatches)) Write(json, person, project);
            json.WriteEndArray();
            json.WriteString("type", type);
            json.WriteEndObject();
        });
    }, cancellationToken);

    async Task<(string Type, IReadOnlyList<FoundPerson> Found)> FindAsync(ReportProject project, string sought, CancellationToken cancellationToken)
    {
        if (AmplitudeId.TryParse(sought, out var id))
        {
            var byId = await persons.FindAsync(project, person => AmplitudeId.Of(person) == id, null, null, cancellationToken);
            if (byId.Count > 0) return ("match_amplitude_id", byId);
        }
        var exact = await persons.FindAsync(project, person => person == sought, user => user == sought, device => device == sought, cancellationToken);
        if (exact.Count > 0) return ("match_user_or_device_id", exact);
        var byPrefix = await persons.FindAsync(project, null, user => user.StartsWith(sought, StringComparison.Ordinal), null, cancellationToken);
        return byPrefix.Count > 0 ? ("match_user_prefix", byPrefix) : ("nomatch", []);
    }

    static void Write(Utf8JsonWriter json, FoundPerson person, ReportProject project)
    {
        json.WriteStartObject();
        json.WriteString("user_id", person.UserId);
        json.WriteNumber("amplitude_id", AmplitudeId.Of(person.Person));
        json.WriteString("last_seen", AmplitudeTimes.Day(person.LastSeenMs, project.Zone));
        json.WriteString("last_device_id", person.LastDeviceId);
        json.WriteEndObject();
    }
}
