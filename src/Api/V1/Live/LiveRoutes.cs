using System.Globalization;
using System.Text.Json;
using Cairn.Api.Answers;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Keys;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Live;

/// <summary><c>GET /api/v1/live</c>: the latest events, newest first; <c>GET /api/v1/live/last-hour</c>: how many came, minute by minute.</summary>
/// <remarks>Described in docs/wire/live.md.</remarks>
public sealed class LiveRoutes(V1Door door, LatestEvents latest)
{
    const int DefaultLimit = 50, MaxLimit = 1_000, Minutes = 60;

    /// <summary><c>limit</c>, and <c>after</c> with the cursor of the answer before: only what came since.</summary>
    public Task<IResult> LatestAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, _) =>
    {
        var after = request.Query["after"].ToString();
        var cursor = after.Length == 0 ? null : LiveCursor.Parse(after);
        if (after.Length > 0 && cursor is null) return Problem.InvalidField(new FieldError("after", "This is no cursor.", "the cursor of an earlier answer, or nothing"));
        if (Limit(request) is not { } limit) return Problem.InvalidField(new FieldError("limit", "It must be a whole number within bounds.", $"1 to {MaxLimit}"));
        var answer = await latest.ReadAsync(project, cursor, limit, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("events");
            foreach (var row in answer.Events) EventJson.Write(json, row);
            json.WriteEndArray();
            json.WriteString("cursor", answer.Cursor.ToString());
            json.WriteNumber("skipped", answer.Skipped);
            CoverageJson.Write(json, answer.Coverage);
            json.WriteEndObject();
        });
    });

    public Task<IResult> LastHourAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Viewer, async (project, now) =>
    {
        var (perMinute, coverage) = await latest.CountAsync(project, now.ToUnixTimeMilliseconds(), Minutes, cancellationToken);
        return new JsonAnswer(StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("total", perMinute.Sum());
            json.WriteStartArray("per_minute");
            foreach (var count in perMinute) json.WriteNumberValue(count);
            json.WriteEndArray();
            CoverageJson.Write(json, coverage);
            json.WriteEndObject();
        });
    });

    static int? Limit(HttpRequest request)
    {
        var text = request.Query["limit"].ToString();
        if (text.Length == 0) return DefaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit ? limit : null;
    }
}
