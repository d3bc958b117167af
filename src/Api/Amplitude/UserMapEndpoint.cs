using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Bodies;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Storage.Identity;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/usermap</c>: which users are mapped to which.</summary>
/// <remarks>
/// Source: Amplitude docs, "User Mapping (Aliasing) API", GET. Ids come as <c>user_ids</c>, repeated or separated by commas, in the query or, as the vendor's
/// own example has it, in a form in the body of the GET. A user that nothing is known of gets an empty object.
/// </remarks>
public sealed class UserMapEndpoint(AmplitudeDoor door, PersonLookup persons)
{
    /// <summary>Users of one request. Source: as above, "up to 100".</summary>
    const int MaxUsers = 100;

    /// <summary>Bytes of a form; a hundred of the longest ids fit.</summary>
    const int MaxBodyBytes = 256 * 1024;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var users = await UsersAsync(request, cancellationToken);
        if (users.Count == 0) throw new AmplitudeQueryException("Invalid user_ids: they are missing");
        if (users.Count > MaxUsers) throw new AmplitudeQueryException($"Invalid user_ids: {users.Count}, at most {MaxUsers}");
        var found = new List<(string User, PersonIds? Person)>();
        foreach (var user in users) found.Add((user, (await persons.FindAsync(project.Id, project.IdentityMode, user, cancellationToken)).Found));
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            foreach (var (user, person) in found)
            {
                json.WriteStartObject(user);
                if (person is not null) Write(json, user, person);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        });
    }, cancellationToken);

    static async ValueTask<List<string>> UsersAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var given = request.Query["user_ids"].ToList();
        try
        {
            if (request.HasFormContentType) given.AddRange((await BoundedBody.ReadFormAsync(request, MaxBodyBytes, cancellationToken))["user_ids"]);
        }
        catch (InvalidDataException e)
        {
            throw new AmplitudeQueryException($"Invalid body: it {e.Message}");
        }
        return [.. given.SelectMany(ids => (ids ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct(StringComparer.Ordinal)];
    }

    static void Write(Utf8JsonWriter json, string user, PersonIds person)
    {
        json.WriteNumber("amplitude_id", AmplitudeId.Of(user));
        WriteUsers(json, "mapped_from", person.Mappings.Where(mapping => mapping.GlobalUserId == user).Select(mapping => mapping.UserId));
        WriteUsers(json, "mapped_to", person.Mappings.Where(mapping => mapping.UserId == user).Select(mapping => mapping.GlobalUserId));
    }

    static void WriteUsers(Utf8JsonWriter json, string name, IEnumerable<string> users)
    {
        json.WriteStartArray(name);
        foreach (var user in users)
        {
            json.WriteStartObject();
            json.WriteNumber("amplitude_id", AmplitudeId.Of(user));
            json.WriteString("user_id", user);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
