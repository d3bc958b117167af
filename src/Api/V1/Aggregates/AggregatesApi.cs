using System.Globalization;
using Cairn.Api.Authorization;
using Cairn.Api.Problems;
using Cairn.Projects;
using Cairn.Projects.Aggregates;
using Cairn.Projects.Keys;
using Microsoft.AspNetCore.Http;

namespace Cairn.Api.V1.Aggregates;

/// <summary>GET <c>/api/v1/aggregates/events-by-name?from=2024-03-01&amp;to=2024-03-31</c>: closed days as the schedule has counted them.</summary>
/// <remarks>
/// <code>
/// {"project_id": "481516234", "time_zone": "Europe/Berlin", "from": "2024-03-01", "to": "2024-03-02",
///  "days": [{"date": "2024-03-01", "events": [{"name": "signup", "count": 3, "users": 2}], "names_left_out": 0, "total": 3, "active_users": 2,
///            "is_stale": false, "computed_at": "…", "data_up_to": "…"}],
///  "missing": ["2024-03-02"]}
/// </code>
/// A day is missing while it is open, or was not counted yet; it is stale when events have arrived for it since.
/// </remarks>
public sealed class AggregatesApi(AggregateStore store, RequestAuthorization authorization)
{
    /// <summary>Days of one answer: a leap year.</summary>
    public const int MaxDays = 366;

    public Task<IResult> EventsByNameAsync(HttpRequest request) => V1Route.RunAsync(request, async cancellationToken =>
    {
        var caller = await authorization.CheckAsync(request, Role.Viewer, Denials.V1, cancellationToken);
        if (caller.IsDenied(out var denial)) return denial;
        var errors = new List<FieldError>();
        var (from, to) = (ReadDate(request, "from", errors), ReadDate(request, "to", errors));
        if (errors.Count == 0 && to < from) errors.Add(new FieldError("to", "It lies before from.", "the same date or a later one"));
        if (errors.Count == 0 && to.DayNumber - from.DayNumber >= MaxDays)
            errors.Add(new FieldError("to", $"These are {to.DayNumber - from.DayNumber + 1} days.", $"at most {MaxDays} days from from"));
        if (errors.Count > 0) return Problem.InvalidField(errors);

        var project = caller.Project;
        var state = (await store.FindStateAsync(project.ProjectId, cancellationToken))?.Value;
        var dates = Enumerable.Range(from.DayNumber, to.DayNumber - from.DayNumber + 1).Select(DateOnly.FromDayNumber).ToList();
        var found = await Task.WhenAll(dates.Select(date => store.FindDayAsync(project.ProjectId, date, cancellationToken)));
        // Days of the zone that the project had before are other days.
        var days = found.OfType<DayCounts>().Where(day => day.TimeZone == project.TimeZone).ToList();
        return V1Json.Ok(new
        {
            project.ProjectId,
            project.TimeZone,
            From = from,
            To = to,
            Days = days.Select(day => new
            {
                day.Date,
                day.Events,
                day.NamesLeftOut,
                day.Total,
                day.ActiveUsers,
                IsStale = state?.Due.Contains(day.Date) ?? false,
                day.ComputedAt,
                day.DataUpTo,
            }),
            Missing = dates.Except(days.Select(day => day.Date)),
        });
    });

    static DateOnly ReadDate(HttpRequest request, string name, List<FieldError> errors)
    {
        string? text = request.Query[name];
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        errors.Add(new FieldError(name, string.IsNullOrEmpty(text) ? "This parameter is missing." : "This is no date.", "a date, such as 2024-03-01"));
        return default;
    }
}
