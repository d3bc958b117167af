using Cairn.Api.Answers;
using Cairn.Projects.Keys;
using Cairn.Query.Definitions;
using Cairn.Query.Rows;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.Amplitude;

/// <summary>Amplitude's <c>GET /api/2/export</c>: the raw events received in some hours, as a zip of gzipped JSON lines.</summary>
/// <remarks>Source: Amplitude docs, "Export API": hours are UTC and both included; 404 says that there is nothing.</remarks>
public sealed class AmplitudeExportEndpoint(AmplitudeDoor door, EventRows rows)
{
    static readonly LocalDateTimePattern HourPattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuuMMdd'T'HH");

    public Task<IResult> AskAsync(HttpRequest request, CancellationToken cancellationToken) => door.AskAsync(request, Role.Analyst, async (project, _) =>
    {
        var (from, to) = (Hour(request, "start"), Hour(request, "end"));
        if (to < from) throw new AmplitudeQueryException("Invalid end: it is before start");
        var received = new TimeRange(from, to + Duration.FromHours(1));
        var definition = new RowsDefinition(project, TimeRange.Ever, EventSelection.Every("all"), Received: received, WithProfiles: true);
        // Begun with the first rows at hand: whether there are any decides the status.
        var opened = await rows.OpenAsync(definition, cancellationToken);
        CoverageHeaders.Set(request.HttpContext.Response, opened.Coverage);
        var lists = opened.Lists.GetAsyncEnumerator(cancellationToken);
        if (await lists.MoveNextAsync()) return new ExportArchive(lists, project.Id);
        await lists.DisposeAsync();
        return AmplitudeError.NotFound("Raw data files were not found.");
    }, cancellationToken);

    static Instant Hour(HttpRequest request, string parameter)
    {
        var text = request.Query[parameter].ToString();
        var parsed = HourPattern.Parse(text);
        return parsed.Success && parsed.Value.Year is >= 1970 and <= 2999 ? parsed.Value.InUtc().ToInstant() : throw new AmplitudeQueryException($"Invalid {parameter} {text}: give YYYYMMDDTHH");
    }
}
