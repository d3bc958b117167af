using System.Globalization;
using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Persons;
using Cairn.Query.Scanning;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/useractivity</c>: one user's summary and events.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "User activity". An unknown id gets zeros and no events, status 200.</remarks>
public sealed class UserActivityEndpoint(AmplitudeDoor door, AmplitudePersons persons, PersonHistory history)
{
    /// <summary>Events of one answer. Source: the same page, limit.</summary>
    const int MaxLimit = 1_000;

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        if (!AmplitudeId.TryParse(request.Query["user"].ToString(), out var id)) throw new AmplitudeQueryException("Invalid user: give an Amplitude id, as usersearch answers it");
        var (offset, limit) = (Whole(request, "offset", 0, int.MaxValue), Math.Min(Whole(request, "limit", MaxLimit, int.MaxValue), MaxLimit));
        var question = new HistoryQuestion(request.Query["direction"] != "earliest", HistoryKinds.Events, Skip: offset, Limit: limit);
        var (summary, events) = await ReportReader.AgainWhereGoneAsync(() => ReadAsync(project, id, question, cancellationToken));
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("userData");
            summary.Write(json, project);
            json.WriteEndObject();
            json.WriteStartArray("events");
            foreach (var entry in events) RawEventJson.Write(json, entry.Event!.Value, project.Id, forActivity: true);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }, cancellationToken);

    /// <summary>The summary of all events, and the page that was asked for: of the others nothing is kept.</summary>
    async Task<(UserSummary Summary, IReadOnlyList<HistoryEntry> Events)> ReadAsync(ReportProject project, long number, HistoryQuestion question, CancellationToken cancellationToken)
    {
        if (await OpenAsync(project, number, cancellationToken) is not { } opened) return (new(null), []);
        var (summary, events) = (new UserSummary(opened.Person), new List<HistoryEntry>());
        await foreach (var list in opened.ReadAsync(new(NewestFirst: false, HistoryKinds.Events, IsColumnWanted: UserSummary.Reads), cancellationToken))
            foreach (var entry in list) summary.Add(entry.Event!.Value);
        if (question.Limit > 0)
            await foreach (var list in opened.ReadAsync(question, cancellationToken)) events.AddRange(list);
        return (summary, events);
    }

    /// <summary>The history of the person who has a number now; null where nobody has it.</summary>
    async Task<OpenedHistory?> OpenAsync(ReportProject project, long number, CancellationToken cancellationToken)
    {
        if (persons.Recall(project, number) is { } known)
        {
            var opened = await history.OpenAsync(project, known, withProfiles: true, cancellationToken);
            // A link may have made another id stand for the person since.
            if (AmplitudeId.Of(opened.Person) == number) return opened;
        }
        return await persons.SearchAsync(project, number, cancellationToken) is { } found ? await history.OpenAsync(project, found, withProfiles: true, cancellationToken) : null;
    }

    static int Whole(HttpRequest request, string parameter, int fallback, int most)
    {
        var text = request.Query[parameter].ToString();
        if (text.Length == 0) return fallback;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number : throw new AmplitudeQueryException($"Invalid {parameter} {text}");
    }
}
